import { dispose, memory, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ClippedGruCell,
  Controller,
  Factors,
  Linear,
  type Parameters,
  parameter,
  prefixed,
  scoped,
} from "../../src/modules";
import { RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { differences, randomValues, relativeError, toTensor } from "../ops/differences";
import { dot, gruStep, rows } from "../ops/gruReference";
import { moment } from "../random/statistics";

beforeAll(() => useBackend("cpu"));

const stream = () => RandomStream.fromSeed("modules");

/** Standard deviation, for numbers that should have mean 0; within 4 standard errors of `sd`. */
function expectNormal(values: Tensor | undefined, sd: number): void {
  const data = values!.dataSync();
  expect(Math.abs(moment(data, 1, 0, sd))).toBeLessThan(4 / Math.sqrt(data.length));
  expect(Math.abs(moment(data, 2, 0, sd) - 1)).toBeLessThan(4 * Math.sqrt(2 / data.length));
}

function free(parameters: Parameters): void {
  dispose(Object.values(parameters));
}

describe("ClippedGruCell", () => {
  test("starts with fan-in weights, open gates and no other parameters", () => {
    const before = memory().numTensors;
    const parameters = new ClippedGruCell({ inputSize: 9, stateSize: 64 }).init(stream());
    expect(Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, shape]))).toEqual({
      weight_ih: [192, 9],
      weight_hh: [192, 64],
      bias_ih: [192],
    });
    expectNormal(parameters.weight_ih, 1 / 3);
    expectNormal(parameters.weight_hh, 1 / 8);
    const bias = [...parameters.bias_ih!.dataSync()];
    expect(bias).toEqual([...new Array(128).fill(1), ...new Array(64).fill(0)]);
    free(parameters);
    expect(memory().numTensors).toBe(before);
  });

  test("one fan for both kernels when asked for", () => {
    const parameters = new ClippedGruCell({ inputSize: 9, stateSize: 64, fan: 73 }).init(stream());
    expectNormal(parameters.weight_ih, 1 / Math.sqrt(73));
    expectNormal(parameters.weight_hh, 1 / Math.sqrt(73));
    free(parameters);
  });

  test("has no input weights without inputs", () => {
    const parameters = new ClippedGruCell({ inputSize: 0, stateSize: 2 }).init(stream());
    expect(Object.keys(parameters)).toEqual(["weight_hh", "bias_ih"]);
    free(parameters);
  });

  test.each([0, 3])("a step with %d inputs is that of the reference", (inputs) => {
    const cell = new ClippedGruCell({ inputSize: inputs, stateSize: 4, clip: 0.5 });
    const values = {
      weight_hh: randomValues("hh", [12, 4]),
      bias_ih: randomValues("bias", [12]),
      ...(inputs > 0 && { weight_ih: randomValues("ih", [12, inputs]), x: randomValues("x", [5, inputs]) }),
    };
    const h = randomValues("h", [5, 4]);
    const w = {
      ih: values.weight_ih ? rows(values.weight_ih) : null,
      hh: rows(values.weight_hh),
      bias: values.bias_ih.data,
    };
    const x = values.x ? rows(values.x) : null;
    const expected = rows(h).flatMap((state, trial) => gruStep(x ? x[trial]! : [], state, w, 0.5));
    tidy(() => {
      const { x: input, ...parameters } = Object.fromEntries(
        Object.entries(values).map(([name, v]) => [name, toTensor(v)]),
      );
      const y = cell.step(parameters as Parameters, input ?? null, toTensor(h));
      expect(y.shape).toEqual([5, 4]);
      expect(relativeError(y.dataSync(), expected)).toBeLessThan(1e-6);
    });
  });

  test("refuses sizes and bounds that are none", () => {
    const make = (change: object) => () =>
      new ClippedGruCell({ inputSize: 1, stateSize: 1, ...change }).stateSize;
    expect(make({ inputSize: -1 })).toThrow(
      "ClippedGruCell: inputSize must be a non-negative integer, got -1",
    );
    expect(make({ inputSize: 1.5 })).toThrow(
      "ClippedGruCell: inputSize must be a non-negative integer, got 1.5",
    );
    expect(make({ stateSize: 0 })).toThrow("ClippedGruCell: stateSize must be a positive integer, got 0");
    expect(make({ clip: 0 })).toThrow("ClippedGruCell: clip must be positive, got 0");
    expect(make({ clip: Number.NaN })).toThrow("ClippedGruCell: clip must be positive, got NaN");
  });
});

describe("maps", () => {
  test("linear starts at N(0, 1 / inputs) without bias, factors likewise", () => {
    const map = new Linear(50, 40).init(stream());
    expectNormal(map.weight, 1 / Math.sqrt(50));
    expect(map.weight!.shape).toEqual([40, 50]);
    expect([...map.bias!.dataSync()]).toEqual(new Array(40).fill(0));
    const factors = new Factors(100, 30).init(stream());
    expectNormal(factors.weight, 0.1);
    expect(factors.weight!.shape).toEqual([30, 100]);
    free(map);
    free(factors);
  });

  test("rows of the factor matrix have norm 1, whatever the weight", () => {
    tidy(() => {
      const weight = toTensor(randomValues("weight", [4, 6], 37));
      const matrix = new Factors(6, 4).matrix({ weight }).arraySync() as number[][];
      for (const row of matrix) expect(Math.abs(dot(row, row) - 1)).toBeLessThan(1e-6);
    });
  });

  test("the controller's output has std exp(logvar / 2)", () => {
    const cell = new ClippedGruCell({ inputSize: 2, stateSize: 3 });
    const controller = new Controller(cell, 2);
    tidy(() => {
      const parameters = controller.init(stream());
      expect(Object.keys(parameters)).toEqual([
        ...["con_cell.weight_ih", "con_cell.weight_hh", "con_cell.bias_ih"],
        ...["co_linear.weight", "co_linear.bias"],
      ]);
      const [x, h] = [randomValues("x", [4, 2]), randomValues("h", [4, 3])];
      const { state, posterior } = controller.step(parameters, toTensor(x), toTensor(h));
      const [weight, states] = [parameters["co_linear.weight"]!, state].map(
        (m) => m.arraySync() as number[][],
      );
      const both = states!.map((s) => weight!.map((w) => dot(w, s)));
      expect(
        relativeError(
          posterior.mean.dataSync(),
          both.flatMap((row) => row.slice(0, 2)),
        ),
      ).toBeLessThan(1e-6);
      const std = both.flatMap((row) => row.slice(2).map((logvar) => Math.exp(logvar / 2)));
      expect(relativeError(posterior.std.dataSync(), std)).toBeLessThan(1e-6);
    });
  });
});

describe("parameters by name", () => {
  test("prefixed and scoped undo each other", () => {
    const [a, b] = [zeros([1]), zeros([2])];
    const tree = { ...prefixed("x", { a }), ...prefixed("x.y", { b }), xa: b };
    expect(Object.keys(tree)).toEqual(["x.a", "x.y.b", "xa"]);
    expect(scoped(tree, "x")).toEqual({ a, "y.b": b });
    expect(scoped(tree, "x").a).toBe(a);
    expect(scoped(tree, "y")).toEqual({});
    dispose([a, b]);
  });

  test("a name that there is none of", () => {
    const weight = zeros([1]);
    expect(parameter({ weight }, "weight")).toBe(weight);
    expect(() => parameter({ weight }, "bias")).toThrow(
      'parameter: no parameter is called "bias", there are weight',
    );
    weight.dispose();
  });
});

test("the differences that gradients are held to are right", () => {
  const f = ({ x }: { x?: { data: readonly number[] } }) => Math.sin(x!.data[0]!) * x!.data[1]! ** 3;
  const { x } = differences(f, { x: { data: [0.7, 1.3], shape: [2] } });
  expect(relativeError(x!, [Math.cos(0.7) * 1.3 ** 3, 3 * Math.sin(0.7) * 1.3 ** 2])).toBeLessThan(1e-9);
});
