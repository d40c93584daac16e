import { dispose, memory, type Tensor, tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { useKernels } from "../../src/kernels";
import { adamW } from "../../src/train";
import { useBackend } from "../backend";
import { randomValues, relativeError, toTensor, type Values } from "../ops/differences";

const RATES = { learningRate: 4e-3, weightDecay: 0.3 };

const gradientOf = (step: number, i: number, shape: readonly number[]) =>
  randomValues(`gradient ${step}/${i}`, shape);

/** Three updates of parameters of these shapes; the numbers of all of them and of the moments, and the norms. */
function updates(shapes: readonly (readonly number[])[], gradientClip: number) {
  const tensors = memory().numTensors;
  const values = (of: (i: number, shape: readonly number[]) => Values) =>
    Object.fromEntries(shapes.map((shape, i) => [`${i}`, toTensor(of(i, shape))]));
  const optimizer = adamW();
  let parameters: Readonly<Record<string, Tensor>> = values((i, shape) =>
    randomValues(`parameter/${i}`, shape),
  );
  let state = optimizer.init(parameters);
  const norms: number[] = [];
  for (let step = 0; step < 3; step++) {
    const gradients = values((i, shape) => gradientOf(step, i, shape));
    const next = optimizer.update(state, parameters, gradients, { ...RATES, gradientClip });
    norms.push(next.norm.dataSync()[0]!);
    for (const group of [gradients, parameters, state.first, state.second]) dispose({ ...group });
    next.norm.dispose();
    ({ parameters, state } = next);
  }
  const groups = [parameters, state.first, state.second];
  const numbers = groups.flatMap((group) => Object.values(group).flatMap((x) => Array.from(x.dataSync())));
  for (const group of groups) dispose({ ...group });
  expect(memory().numTensors, "tensors left behind").toBe(tensors);
  return { numbers, norms };
}

async function compare(shapes: readonly (readonly number[])[]): Promise<void> {
  await useKernels({ path: "composed" });
  const [free, clipped] = [updates(shapes, Number.POSITIVE_INFINITY), updates(shapes, 0.5)];
  await useKernels({ path: "simd" });
  expect(updates(shapes, Number.POSITIVE_INFINITY).numbers).toEqual(free.numbers);
  const fused = updates(shapes, 0.5);
  expect(relativeError(fused.numbers, clipped.numbers)).toBeLessThan(1e-5);
  const exact = [0, 1, 2].map((step) =>
    Math.hypot(...shapes.flatMap((shape, i) => gradientOf(step, i, shape).data)),
  );
  for (const [step, norm] of fused.norms.entries())
    expect(Math.abs(norm / exact[step]! - 1)).toBeLessThan(1e-7);
}

describe.each(["cpu", "wasm"])("fused adamW on %s", (backend) => {
  beforeAll(() => useBackend(backend));
  afterEach(() => useKernels({ path: "composed" }));

  test.each<[string, number[][]]>([
    ["one number", [[1]]],
    ["a scalar among others", [[], [3, 2]]],
    ["whole vectors", [[8], [4, 4]]],
    ["more numbers than are computed at a time", [[129, 130], [1], [20_000], [3, 3, 3]]],
  ])("has the bits of the composed update: %s", (_, shapes) => compare(shapes));

  test("random sizes", async () => {
    const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(fc.asyncProperty(shapes, compare), { seed: 4, numRuns: 15 });
  });

  test("the norm is summed in double precision", async () => {
    await useKernels({ path: "simd" });
    const x = tensor(new Float32Array(4_000_000).fill(0.1));
    const { norm, ...next } = adamW().update(adamW().init({ x }), { x }, { x }, RATES);
    expect(norm.dataSync()[0]).toBe(Math.fround(Math.sqrt(4_000_000 * Math.fround(0.1) ** 2)));
    dispose([x, norm, next.parameters.x!, next.state.first.x!, next.state.second.x!]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])(
    "a gradient of %s has no finite norm",
    async (bad) => {
      await useKernels({ path: "simd" });
      const x = tensor([1, 2, 3]);
      const gradients = { x: tensor([1, bad, 1]) };
      const rates = { ...RATES, gradientClip: 200 };
      const { norm } = adamW().update(adamW().init({ x }), { x }, gradients, rates);
      expect(Number.isFinite(norm.dataSync()[0])).toBe(false);
    },
  );
});
