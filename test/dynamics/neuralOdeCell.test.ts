import {
  dispose,
  memory,
  mul,
  ones,
  type Tensor,
  tensor,
  tidy,
  zeros,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  euler,
  MlpVectorField,
  midpoint,
  NeuralOdeCell,
  type OdeSolver,
  rungeKutta4,
  tsit5,
  type VectorField,
} from "../../src/dynamics";
import type { Cell, Parameters } from "../../src/modules";
import { unroll } from "../../src/modules/cell";
import { RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { checkGradients, type Named, randomValues, relativeError, type Values } from "../ops/differences";

const [stateSize, inputSize, batch] = [2, 3, 4];
const ACTIVATIONS = {
  tanh: Math.tanh,
  relu: (x: number) => Math.max(x, 0),
  softplus: (x: number) => Math.log(1 + Math.exp(x)),
};
type Activation = keyof typeof ACTIVATIONS;

/** Values for parameters, input and state. */
function valuesFor(field: MlpVectorField): Named<Values> {
  const shapes = tidy(() =>
    Object.entries(field.init(RandomStream.fromSeed(0))).map(([name, { shape }]) => [name, shape] as const),
  );
  return {
    ...Object.fromEntries(shapes.map(([name, shape]) => [name, randomValues(name, shape, 0.6)])),
    ...(field.inputSize > 0 && { input: randomValues("input", [batch, field.inputSize]) }),
    state: randomValues("state", [batch, field.stateSize]),
  };
}

function rows({ data, shape }: Values): number[][] {
  const width = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, row) => data.slice(row * width, (row + 1) * width));
}

/** The derivative of one row in double precision. */
function plainField(
  values: Named<Values>,
  input: readonly number[],
  state: readonly number[],
  a: Activation,
) {
  const times = (name: string, x: readonly number[]) =>
    rows(values[name]!).map((w) => w.reduce((sum, value, i) => sum + value * x[i]!, 0));
  let x = state;
  for (let layer = 0; values[`layers.${layer}.weight`]; layer++) {
    const own = layer > 0 ? x.map(ACTIVATIONS[a]) : x;
    const driven = layer === 0 && input.length > 0 ? times("input.weight", input) : null;
    x = times(`layers.${layer}.weight`, own).map(
      (value, i) => value + values[`layers.${layer}.bias`]!.data[i]! + (driven?.[i] ?? 0),
    );
  }
  return x;
}

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[readonly number[], Activation, number]>([
    [[5], "tanh", inputSize],
    [[5], "tanh", 0],
    [[4, 3], "softplus", inputSize],
    [[6], "relu", 0],
    [[], "tanh", inputSize],
  ])(
    "MlpVectorField of widths [%s], %s, %d inputs is that of the reference",
    (widths, activation, inputs) => {
      const field = new MlpVectorField({ stateSize, inputSize: inputs, widths, activation });
      checkGradients(
        ({ state, input, ...parameters }) => ({ y: field.derivative(parameters, input ?? null, state!) }),
        (values) => {
          const inputRows = values.input && rows(values.input);
          return {
            y: rows(values.state!).flatMap((x, i) => plainField(values, inputRows?.[i] ?? [], x, activation)),
          };
        },
        valuesFor(field),
      );
    },
  );

  test.each([euler, midpoint, rungeKutta4, tsit5])(
    "a step of $name follows the field, the input held; gradients by state, input and parameters",
    (solver) => {
      const field = new MlpVectorField({ stateSize, inputSize, widths: [5] });
      const cell = new NeuralOdeCell({ field, solver, timeStep: 0.8, stepsPerBin: 2 });
      const { stages, weights } = solver.tableau;
      checkGradients(
        ({ state, input, ...parameters }) => ({ y: cell.step(parameters, input!, state!) }),
        (values) => ({
          y: rows(values.state!).flatMap((start, i) => {
            const derivative = (x: readonly number[]) =>
              plainField(values, rows(values.input!)[i]!, x, "tanh");
            const step = (x: readonly number[]) => {
              const slopes: (readonly number[])[] = [];
              const moved = (factors: readonly number[]) =>
                x.map((own, j) => own + 0.4 * factors.reduce((sum, w, k) => sum + w * slopes[k]![j]!, 0));
              for (const factors of [[], ...stages]) slopes.push(derivative(moved(factors)));
              return moved(weights);
            };
            return step(step(start));
          }),
        }),
        valuesFor(field),
      );
    },
  );
});

describe("MlpVectorField", () => {
  beforeAll(() => useBackend("cpu"));

  test("starts with fan-in weights and biases of 0; weights are penalised", () => {
    const before = memory().numTensors;
    const field = new MlpVectorField({ stateSize: 64, inputSize: 16 });
    const parameters = field.init(RandomStream.fromSeed(1));
    expect(Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, shape]))).toEqual({
      "input.weight": [128, 16],
      "layers.0.weight": [128, 64],
      "layers.0.bias": [128],
      "layers.1.weight": [64, 128],
      "layers.1.bias": [64],
    });
    expect(field.recurrentKernels).toEqual(["layers.0.weight", "layers.1.weight"]);
    for (const [name, fan] of [
      ["input.weight", 16],
      ["layers.0.weight", 64],
      ["layers.1.weight", 128],
    ] as const) {
      const values = parameters[name]!.dataSync<"float32">();
      const variance = values.reduce((sum, w) => sum + w * w, 0) / values.length;
      expect(Math.abs(variance * fan - 1)).toBeLessThan(4 * Math.sqrt(2 / values.length));
    }
    expect([...parameters["layers.0.bias"]!.dataSync()]).toEqual(new Array(128).fill(0));
    dispose(Object.values(parameters));
    expect(memory().numTensors).toBe(before);
  });

  test("options that make no sense are refused", () => {
    const field = (options: object) => () => new MlpVectorField({ stateSize: 2, ...options });
    expect(field({ stateSize: 0 })).toThrow(
      "MlpVectorField: stateSize must be an integer of at least 1, got 0",
    );
    expect(field({ inputSize: -1 })).toThrow(
      "MlpVectorField: inputSize must be an integer of at least 0, got -1",
    );
    expect(field({ widths: [8, 1.5] })).toThrow(
      "MlpVectorField: widths must be an integer of at least 1, got 1.5",
    );
    expect(field({ activation: "sine" })).toThrow(
      'MlpVectorField: activation must be one of tanh, relu, softplus, got "sine"',
    );
  });
});

describe("NeuralOdeCell", () => {
  beforeAll(() => useBackend("cpu"));

  const fieldOf = (derivative: (x: Tensor) => Tensor): VectorField => ({
    inputSize: 0,
    stateSize: 2,
    recurrentKernels: [],
    init: () => ({}),
    derivative: (_parameters, _input, state) => derivative(state),
  });

  test("takes sizes, kernels and parameters from its field", () => {
    tidy(() => {
      const field = new MlpVectorField({ stateSize: 2, inputSize: 1 });
      const cell = new NeuralOdeCell({ field });
      expect([cell.inputSize, cell.stateSize, cell.recurrentKernels, cell.solver.name]).toEqual([
        1,
        2,
        field.recurrentKernels,
        "rungeKutta4",
      ]);
      const [own, expected] = [cell, field].map((part) =>
        Object.entries(part.init(RandomStream.fromSeed(3))).map(([name, x]) => [name, ...x.dataSync()]),
      );
      expect(own).toEqual(expected);
    });
  });

  const parametersOf = (field: MlpVectorField) => field.init(RandomStream.fromSeed(1));
  const unrolled = (cell: Cell, parameters: Parameters, inputs: Tensor, state: Tensor, bins = 3) =>
    unroll(cell, parameters, inputs, state, bins).dataSync();

  test("all bins at once are those step by step", () => {
    tidy(() => {
      const field = new MlpVectorField({ stateSize: 2, inputSize: 1, widths: [5] });
      const cell = new NeuralOdeCell({ field, timeStep: 0.3, stepsPerBin: 2 });
      const [parameters, inputs, state] = [parametersOf(field), tensor([1, 2, 3], [3, 1, 1]), ones([1, 2])];
      const { step, inputSize, stateSize, recurrentKernels, init } = cell;
      const plain = { inputSize, stateSize, recurrentKernels, init, step: step.bind(cell) };
      const expected = unrolled(plain, parameters, inputs, state);
      expect(cell.sequence(parameters, inputs, state, 3)?.shape).toEqual([3, 1, 2]);
      expect(relativeError(unrolled(cell, parameters, inputs, state), expected)).toBeLessThan(1e-6);
    });
  });

  test("a step, a derivative or a solver of one's own is used in all bins", () => {
    class Halved extends NeuralOdeCell {
      override step(_parameters: Parameters, _input: Tensor | null, state: Tensor): Tensor {
        return mul(state, 0.5);
      }
    }
    class Still extends MlpVectorField {
      override derivative(_parameters: Parameters, _input: Tensor | null, state: Tensor): Tensor {
        return zerosLike(state);
      }
    }
    const doubled: OdeSolver = { name: "doubled", order: 1, step: (_, state) => mul(state, 2) };
    tidy(() => {
      const sizes = { stateSize: 2, inputSize: 1, widths: [5] };
      const [field, state, inputs] = [new MlpVectorField(sizes), ones([1, 2]), zeros([3, 1, 1])];
      const of = (cell: NeuralOdeCell) => [...unrolled(cell, parametersOf(field), inputs, state)];
      expect(of(new Halved({ field }))).toEqual([0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);
      expect(of(new NeuralOdeCell({ field: new Still(sizes) }))).toEqual(new Array(6).fill(1));
      expect(of(new NeuralOdeCell({ field, solver: doubled }))).toEqual([2, 2, 4, 4, 8, 8]);
      const changed = { ...rungeKutta4, step: doubled.step };
      expect(of(new NeuralOdeCell({ field, solver: changed }))).toEqual([2, 2, 4, 4, 8, 8]);
    });
  });

  test("a derivative of another shape is refused, not broadcast", () => {
    tidy(() => {
      const cell = new NeuralOdeCell({ field: fieldOf(() => zeros([1, 2])) });
      expect(() => cell.step({}, null, tensor([1, 2, 3, 4], [2, 2]))).toThrow(
        "NeuralOdeCell: the derivative must have the shape of the state [2,2], got [1,2]",
      );
    });
  });

  test("options that make no sense are refused", () => {
    const field = fieldOf((x) => x);
    expect(() => new NeuralOdeCell({ field, timeStep: 0 })).toThrow(
      "NeuralOdeCell: timeStep must be positive and finite, got 0",
    );
    expect(() => new NeuralOdeCell({ field, stepsPerBin: 0.5 })).toThrow(
      "NeuralOdeCell: stepsPerBin must be a positive integer, got 0.5",
    );
  });
});
