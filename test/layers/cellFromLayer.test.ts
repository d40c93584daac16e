import {
  add,
  concat,
  matMul,
  memory,
  mul,
  type Scalar,
  sigmoid,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  zeros,
} from "@tensorflow/tfjs-core";
import {
  constraints,
  initializers,
  type LayerVariable,
  layers,
  regularizers,
  type Shape,
} from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import { cellFromLayer } from "../../src/layers";
import { LFADS, type LFADSOptions } from "../../src/model";
import type { Cell, Parameters } from "../../src/modules";
import { streamDraws } from "../../src/ops";
import { normal, poisson, RandomStream } from "../../src/random";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";

/** A leaky tanh network, as a user would write it. */
class LeakyCell extends layers.RNNCell {
  static className = "LeakyCell";
  stateSize = 6;
  declare dropoutMask: Tensor | Tensor[];
  declare recurrentDropoutMask: Tensor | Tensor[];
  #input: LayerVariable | null = null;
  #recurrent: LayerVariable | null = null;

  override build(inputShape: Shape | Shape[]): void {
    const width = inputShape.at(-1) as number;
    this.#input = this.addWeight("input", [width, 6], "float32", initializers.leCunNormal({}));
    this.#recurrent = this.addWeight("recurrent_kernel", [6, 6], "float32", initializers.orthogonal({}));
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor[] {
    const [x, h] = inputs as [Tensor, Tensor];
    const drive = tanh(add(matMul(x, this.#input!.read()), matMul(h, this.#recurrent!.read())));
    const next = add(mul(0.7, h), mul(0.3, drive));
    return [next, next];
  }
}

const stream = () => RandomStream.fromSeed(5);
const random = (name: string, shape: number[]) =>
  tensor(
    normal(
      stream().fork(name),
      shape.reduce((p, n) => p * n, 1),
    ),
    shape,
  );
const numbers = (x: Tensor) => [...x.dataSync()];

const makers: [string, () => layers.RNNCell, string[], string[]][] = [
  [
    "SimpleRNNCell",
    () => layers.simpleRNNCell({ units: 6 }),
    ["kernel", "recurrent_kernel", "bias"],
    ["recurrent_kernel"],
  ],
  [
    "GRUCell",
    () => layers.gruCell({ units: 6 }),
    ["kernel", "recurrent_kernel", "bias"],
    ["recurrent_kernel"],
  ],
  [
    "LSTMCell",
    () => layers.lstmCell({ units: 3, recurrentActivation: "sigmoid" }),
    ["kernel", "recurrent_kernel", "bias"],
    ["recurrent_kernel"],
  ],
  ["a cell of the user's", () => new LeakyCell({}), ["input", "recurrent_kernel"], ["recurrent_kernel"]],
];

describe.each(makers)("cellFromLayer of %s", (_, make, names, kernels) => {
  beforeAll(() => useBackend("cpu"));

  test("has the layer's weights as parameters, the same for the same seed, and leaves no tensors", () => {
    const before = memory().numTensors;
    const cell = cellFromLayer(make(), 3);
    expect(memory().numTensors).toBe(before);
    expect([cell.inputSize, cell.stateSize, cell.recurrentKernels]).toEqual([3, 6, kernels]);
    tidy(() => {
      const first = cell.init(stream());
      const second = cellFromLayer(make(), 3).init(stream());
      const other = cell.init(RandomStream.fromSeed(6));
      expect(Object.keys(first)).toEqual(names);
      for (const name of names) expect(numbers(second[name]!)).toEqual(numbers(first[name]!));
      for (const name of kernels) expect(numbers(other[name]!)).not.toEqual(numbers(first[name]!));
    });
    expect(memory().numTensors).toBe(before);
  });

  test("steps as the layer itself does with these weights", () => {
    tidy(() => {
      const cell = cellFromLayer(make(), 3);
      const parameters = cell.init(stream());
      const x = random("x", [4, 3]);
      const state = random("state", [4, 6]);
      const layer = make();
      layer.setFastWeightInitDuringBuild(true); // weights of 0 without the initializers
      layer.build([null, 3]);
      layer.setWeights(Object.values(parameters));
      const states = layer.stateSize === 6 ? [state] : [slice(state, [0, 0], [4, 3]), slice(state, [0, 3])];
      const [, ...expected] = layer.call([x, ...states], {}) as Tensor[];
      expect(numbers(cell.step(parameters, x, state))).toEqual(numbers(concat(expected, 1)));
    });
  });

  test("gradients of a step are those of finite differences", () => {
    const cell = cellFromLayer(make(), 3);
    const parameters = cell.init(stream());
    const x = random("x", [4, 3]);
    const state = random("state", [4, 6]);
    const f = (p: Parameters) => tidy(() => sum(square(cell.step(p, x, cell.step(p, x, state)))) as Scalar);
    const { gradients } = valueAndGradients(() => f(parameters), parameters);
    expect(Object.keys(gradients)).toEqual(names);
    for (const name of names) {
      const direction = random(name, parameters[name]!.shape);
      const along = tidy(() => sum(mul(gradients[name]!, direction)).dataSync()[0]!);
      const at = (h: number) =>
        tidy(() => f({ ...parameters, [name]: add(parameters[name]!, mul(h, direction)) }).dataSync()[0]!);
      const numeric = (at(1e-2) - at(-1e-2)) / 2e-2;
      expect(Math.abs(numeric - along)).toBeLessThan(2e-2 * Math.max(1, Math.abs(along)));
    }
  });

  test.each(["generator", "controller"] as const)("is a %s of LFADS that learns", (part) => {
    const before = memory().numTensors;
    const custom = { cell: (inputSize: number): Cell => cellFromLayer(make(), inputSize) };
    const options: LFADSOptions = {
      channels: 5,
      bins: 6,
      factors: 3,
      initialCondition: { encoderUnits: 4, size: 3 },
      controller: { encoderUnits: 3, outputs: 2, ...(part === "controller" ? custom : { units: 4 }) },
      generator: part === "generator" ? custom : { units: 5 },
    };
    const model = new LFADS(options);
    const prefix = `decoder.rnn.cell.${part === "generator" ? "gen_cell" : "con_cell"}`;
    expect(model.recurrentKernels[part]).toEqual(kernels.map((name) => `${prefix}.${name}`));
    const encode = tensor(poisson(RandomStream.fromSeed(1), new Array(7 * 6 * 5).fill(1.5)), [7, 6, 5]);
    const loss = () =>
      tidy(() => {
        const output = model.forward([{ encode, reconstruct: encode }], {
          draws: streamDraws(RandomStream.fromSeed(2)),
          sample: true,
        });
        return sum(square(sub(output.sessions[0]!.readout, encode)));
      });
    const { value, gradients } = valueAndGradients(loss, model.parameters);
    for (const name of names) {
      const gradient = numbers(gradients[`${prefix}.${name}`]!);
      expect(Math.hypot(...gradient), name).toBeGreaterThan(0);
      expect(gradient.every(Number.isFinite)).toBe(true);
    }
    const stepped = tidy(() =>
      Object.fromEntries(
        names.map((name) => {
          const full = `${prefix}.${name}`;
          return [full, sub(model.parameters[full]!, mul(1e-4, gradients[full]!))];
        }),
      ),
    ) as unknown as Parameters;
    model.setParameters(stepped);
    const after = loss();
    expect(after.dataSync()[0]).toBeLessThan(value.dataSync()[0]!);

    after.dispose();
    value.dispose();
    for (const gradient of Object.values(gradients)) gradient.dispose();
    encode.dispose();
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test("runs without inputs", () => {
    tidy(() => {
      const model = new LFADS({
        channels: 5,
        bins: 6,
        factors: 3,
        controller: false,
        generator: { cell: (inputSize) => cellFromLayer(make(), inputSize) },
      });
      const encode = zeros([2, 6, 5]);
      expect(model.forward([{ encode, reconstruct: encode }]).sessions[0]!.factors.shape).toEqual([2, 6, 3]);
    });
  });
});

describe("cellFromLayer", () => {
  beforeAll(() => useBackend("cpu"));

  test("takes the weights of a layer that is built, and leaves it as it is", () => {
    const trained = layers.simpleRNNCell({ units: 2, recurrentInitializer: "glorotNormal" });
    const rnn = layers.rnn({ cell: trained, name: "pretrained" });
    rnn.build([null, 5, 3]);
    const cell = cellFromLayer(trained, 3);
    const parameters = cell.init(stream());
    expect(Object.keys(parameters)).toEqual(["kernel", "recurrent_kernel", "bias"]);
    expect(numbers(parameters.kernel!)).toEqual(numbers(trained.weights[0]!.read()));
    const other = { ...parameters, kernel: zeros([3, 2]) };
    cell.step(other, zeros([1, 3]), zeros([1, 2]));
    expect(numbers(trained.weights[0]!.read())).toEqual(numbers(parameters.kernel!));
  });

  test("takes stacked cells, with several states and names by layer", () => {
    const options = { units: 2, recurrentInitializer: "glorotNormal" as const };
    const stacked = layers.stackedRNNCells({
      cells: [layers.simpleRNNCell(options), layers.gruCell(options)],
    }) as unknown as layers.RNNCell;
    const cell = cellFromLayer(stacked, 3);
    const parameters = cell.init(stream());
    expect(cell.stateSize).toBe(4);
    expect(Object.keys(parameters)).toContain("RNNCell_1/kernel");
    expect(cell.recurrentKernels).toHaveLength(2);
    expect(cell.step(parameters, zeros([2, 3]), zeros([2, 4])).shape).toEqual([2, 4]);
  });

  test("keeps initializers with a seed or without randomness", () => {
    const make = () =>
      layers.simpleRNNCell({
        units: 4,
        kernelInitializer: initializers.randomNormal({ seed: 3 }),
        recurrentInitializer: initializers.orthogonal({ seed: 4, gain: 2 }),
        biasInitializer: initializers.constant({ value: 0.5 }),
      });
    const a = cellFromLayer(make(), 3).init(RandomStream.fromSeed(1));
    const b = cellFromLayer(make(), 3).init(RandomStream.fromSeed(2));
    for (const name of ["kernel", "recurrent_kernel", "bias"]) {
      expect(numbers(a[name]!)).toEqual(numbers(b[name]!));
    }
    expect(numbers(a.bias!)).toEqual([0.5, 0.5, 0.5, 0.5]);
    const gram = numbers(matMul(a.recurrent_kernel!, a.recurrent_kernel!, false, true));
    gram.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 5 === 0 ? 4 : 0, 5);
    });
  });

  test("makes orthonormal rows for wide kernels", () => {
    const { recurrent_kernel: kernel } = cellFromLayer(layers.gruCell({ units: 3 }), 2).init(stream());
    expect(kernel!.shape).toEqual([3, 9]);
    const gram = numbers(matMul(kernel!, kernel!, false, true));
    gram.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 5);
    });
  });

  test("takes other names for the L2 penalty", () => {
    const recurrentKernels = ["kernel"];
    const cell = cellFromLayer(layers.simpleRNNCell({ units: 2 }), 3, { recurrentKernels });
    expect(cell.recurrentKernels).toEqual(recurrentKernels);
    expect(() =>
      cellFromLayer(layers.simpleRNNCell({ units: 2 }), 3, { recurrentKernels: ["weight_hh"] }),
    ).toThrow('cellFromLayer: recurrentKernels must be of kernel, recurrent_kernel, bias, got "weight_hh"');
  });

  test("refuses a layer that would lose something", () => {
    const cell = (options: object) => () => cellFromLayer(layers.simpleRNNCell({ units: 2, ...options }), 3);
    expect(cell({ dropout: 0.1 })).toThrow("must not have dropout of its own, got dropout 0.1");
    expect(cell({ recurrentDropout: 0.2 })).toThrow("got recurrentDropout 0.2");
    expect(cell({ kernelRegularizer: regularizers.l2() })).toThrow("must not have regularizers");
    expect(cell({ kernelConstraint: constraints.nonNeg() })).toThrow('got one of "kernel"');
    expect(cell({ trainable: false })).toThrow('weights that do not train, got "kernel"');
  });

  test("refuses a layer that is another cell already", () => {
    const layer = layers.simpleRNNCell({ units: 2 });
    cellFromLayer(layer, 3);
    expect(() => cellFromLayer(layer, 3)).toThrow("cellFromLayer: every cell needs a layer of its own");
  });

  test("refuses weights that a sublayer hides", () => {
    class Hiding extends LeakyCell {
      readonly inner = layers.dense({ units: 6 });
      override call(inputs: Tensor | Tensor[]): Tensor[] {
        const [next] = super.call(inputs) as [Tensor];
        const output = sigmoid(this.inner.apply(next) as Tensor);
        return [output, output];
      }
    }
    expect(() => cellFromLayer(new Hiding({}), 3)).toThrow("which is not in layer.weights");
  });

  test("refuses a layer that returns no state", () => {
    class Forgetful extends LeakyCell {
      override call(inputs: Tensor | Tensor[]): Tensor[] {
        return super.call(inputs).slice(0, 1);
      }
    }
    expect(() => cellFromLayer(new Forgetful({}), 3)).toThrow(
      "must return [output, ...states] with 1 states, got 0",
    );
  });
});
