import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useKernels } from "../../src/kernels";
import { normal, RandomStream } from "../../src/random";
import { type AdamWOptions, adamW, clipByGlobalNorm } from "../../src/train";
import { useBackend } from "../backend";

/** AdamW of one number after the given gradients, in float64, from the equations of the paper. */
function reference(
  start: number,
  gradients: readonly number[],
  rates: readonly { readonly learningRate: number; readonly weightDecay: number }[],
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamWOptions,
): { parameter: number; first: number; second: number } {
  let [parameter, first, second] = [start, 0, 0];
  gradients.forEach((gradient, i) => {
    const { learningRate, weightDecay } = rates[i]!;
    parameter -= learningRate * weightDecay * parameter;
    first += (1 - beta1) * (gradient - first);
    second += (1 - beta2) * (gradient ** 2 - second);
    const mean = first / (1 - beta1 ** (i + 1));
    const meanSquare = second / (1 - beta2 ** (i + 1));
    parameter -= (learningRate * mean) / (Math.sqrt(meanSquare) + epsilon);
  });
  return { parameter, first, second };
}

const STEPS = 25;
/** Sizes over many orders of magnitude, one row for each element. */
const scales = [1e-12, 1e-6, 1e-3, 1, 1e4, 1e12];
const draws = normal(RandomStream.fromSeed(1), STEPS * scales.length);
const gradientAt = (step: number) => scales.map((scale, i) => scale * draws[step * scales.length + i]!);
const rates = Array.from({ length: STEPS }, (_, step) => ({
  learningRate: step < 10 ? 1e-2 : 3e-3,
  weightDecay: 0.02 * step,
}));
const start = [1, -2, 0.5, -0.1, 3, 0.7];
const flat = (x: Tensor) => Array.from(x.dataSync());

describe.each([
  ["cpu", "composed"],
  ["cpu", "fused"],
  ["wasm", "composed"],
  ["wasm", "fused"],
])("adamW on %s, %s", (backend, path) => {
  beforeAll(async () => {
    await useBackend(backend);
    if (path === "fused") await useKernels({ path: "simd" });
  });
  afterAll(() => useKernels({ path: "composed" }));

  test.each<AdamWOptions>([{}, { epsilon: 1e-3 }, { beta1: 0.5, beta2: 0.9 }, { beta1: 0, beta2: 0 }])(
    "is the algorithm of the paper, with %o",
    (options) => {
      const optimizer = adamW(options);
      let parameters: Readonly<Record<string, Tensor>> = { matrix: tensor(start, [2, 3]) };
      let state = optimizer.init(parameters);
      for (let step = 0; step < STEPS; step++) {
        const gradients = { matrix: tensor(gradientAt(step), [2, 3]) };
        ({ parameters, state } = optimizer.update(state, parameters, gradients, rates[step]!));
      }
      expect(state.step).toBe(STEPS);
      expect(parameters.matrix!.shape).toEqual([2, 3]);
      scales.forEach((scale, i) => {
        const gradients = Array.from({ length: STEPS }, (_, step) => Math.fround(gradientAt(step)[i]!));
        const expected = reference(start[i]!, gradients, rates, options);
        expect(Math.abs(flat(parameters.matrix!)[i]! - expected.parameter)).toBeLessThan(2e-6);
        expect(Math.abs(flat(state.first.matrix!)[i]! - expected.first)).toBeLessThan(2e-6 * scale);
        expect(Math.abs(flat(state.second.matrix!)[i]! / expected.second - 1)).toBeLessThan(1e-5);
      });
    },
  );

  test("the first step is the learning rate, whatever the size of the gradient", () => {
    const optimizer = adamW();
    const parameters = { x: tensor([1, 1, 1]) };
    const gradients = { x: tensor([1e-3, -1, 1e10]) };
    const { parameters: after } = optimizer.update(optimizer.init(parameters), parameters, gradients, {
      learningRate: 0.25,
    });
    for (const [i, expected] of [0.75, 1.25, 0.75].entries()) {
      expect(flat(after.x!)[i]).toBeCloseTo(expected, 5);
    }
  });

  test("weight decay does not go through the moments", () => {
    const optimizer = adamW();
    const parameters = { x: tensor([4, -8]) };
    const rate = { learningRate: 0.125, weightDecay: 0.5 };
    const { parameters: after, state } = optimizer.update(
      optimizer.init(parameters),
      parameters,
      { x: tensor([0, 0]) },
      rate,
    );
    expect(flat(after.x!)).toEqual([4 * 0.9375, -8 * 0.9375]);
    expect(flat(state.first.x!)).toEqual([0, 0]);
    expect(flat(state.second.x!)).toEqual([0, 0]);
  });

  test("parameters without a gradient stay as they are, moments and all", () => {
    const optimizer = adamW();
    const parameters = { x: tensor([1]), y: tensor([2, 3]) };
    const rate = { learningRate: 0.1, weightDecay: 0.5 };
    const both = { x: tensor([1]), y: tensor([1, -1]) };
    const first = optimizer.update(optimizer.init(parameters), parameters, both, rate);
    const second = optimizer.update(first.state, first.parameters, { x: tensor([1]) }, rate);
    expect(flat(second.parameters.y!)).toEqual(flat(first.parameters.y!));
    expect(flat(second.state.first.y!)).toEqual(flat(first.state.first.y!));
    expect(flat(second.state.second.y!)).toEqual(flat(first.state.second.y!));
    expect(flat(second.parameters.x!)[0]).toBeLessThan(flat(first.parameters.x!)[0]!);
  });

  test("clips gradients as clipByGlobalNorm does, and tells their norm", () => {
    const parameters = { x: tensor([1, -2]), y: tensor([[3]]) };
    const gradients = { x: tensor([30, 0]), y: tensor([[-40]]) };
    const optimizer = adamW({ epsilon: 1 });
    const state = optimizer.init(parameters);
    const rate = { learningRate: 0.1 };
    const clipped = clipByGlobalNorm(gradients, 5);
    const expected = optimizer.update(state, parameters, clipped.gradients, rate);
    const actual = optimizer.update(state, parameters, gradients, { ...rate, gradientClip: 5 });
    expect(flat(actual.norm)).toEqual([50]);
    expect(flat(actual.state.first.y!)[0]).toBeCloseTo(-0.4, 6);
    for (const name of ["x", "y"] as const) {
      expect(flat(actual.parameters[name]!)).toEqual(flat(expected.parameters[name]!));
      expect(flat(actual.state.second[name]!)).toEqual(flat(expected.state.second[name]!));
    }
    expect(() => optimizer.update(state, parameters, gradients, { ...rate, gradientClip: 0 })).toThrow(
      "adamW: gradientClip must be positive, got 0",
    );
  });

  test("no gradients at all change nothing", () => {
    const parameters = { x: tensor([1, -2]) };
    const next = adamW().update(adamW().init(parameters), parameters, {}, { learningRate: 0.1 });
    expect([flat(next.parameters.x!), flat(next.norm)]).toEqual([[1, -2], [0]]);
  });

  test("makes new tensors and leaves the old ones alone", () => {
    const optimizer = adamW();
    const parameters = { x: tensor([1]), y: tensor([2]) };
    const state = optimizer.init(parameters);
    const next = optimizer.update(state, parameters, { x: tensor([3]) }, { learningRate: 0.1 });
    expect([flat(parameters.x), flat(state.first.x!), state.step]).toEqual([[1], [0], 0]);
    for (const value of [next.parameters, next.state.first, next.state.second].flatMap(Object.values)) {
      value.dispose();
    }
    expect([flat(parameters.x), flat(parameters.y), flat(state.second.y!)]).toEqual([[1], [2], [0]]);
  });
});

test.each<[AdamWOptions, string]>([
  [{ beta1: 1 }, "adamW: beta1 must be in [0, 1), got 1"],
  [{ beta2: -0.1 }, "adamW: beta2 must be in [0, 1), got -0.1"],
  [{ beta2: Number.NaN }, "adamW: beta2 must be in [0, 1), got NaN"],
  [{ epsilon: 0 }, "adamW: epsilon must be positive, got 0"],
])("refuses %o", (options, message) => {
  expect(() => adamW(options)).toThrow(message);
});
