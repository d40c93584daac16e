import { beforeAll, describe, expect, test } from "vitest";
import { useKernels } from "../../src/kernels";
import { streamDraws } from "../../src/ops";
import { bernoulli, normal, RandomStream } from "../../src/random";
import { useBackend } from "../backend";

const stream = () => RandomStream.fromSeed("draws");
const bits = (values: Float32Array) => new Uint32Array(values.slice().buffer);

describe.each([
  ["cpu", "simd"],
  ["cpu", "relaxed-simd"],
  ["wasm", "simd"],
  ["wasm", "relaxed-simd"],
] as const)("fused draws on %s, %s", (backend, path) => {
  beforeAll(async () => {
    await useBackend(backend);
    expect(await useKernels({ path })).toBe(path);
  });

  test.each([[0], [1], [3, 3], [64], [17, 59], [100_003]])(
    "normal draws have the bits of the sampler, [%s]",
    (...shape) => {
      const size = shape.reduce((product, n) => product * n, 1);
      const y = streamDraws(stream()).normal("x", shape);
      expect(y.shape).toEqual(shape);
      expect(bits(y.dataSync() as Float32Array)).toEqual(bits(normal(stream().fork("x"), size)));
      y.dispose();
    },
  );

  test.each([0, 1e-10, 0.3, 0.5, 0.7, 1 - 1e-10, 1])(
    "so have Bernoulli draws of probability %s",
    (probability) => {
      for (const [shape, value] of [
        [[3, 5, 7], 1],
        [[4000], 1 / 0.7],
        [[65_541], 1 / 0.7],
      ] as const) {
        const size = shape.reduce((product: number, n) => product * n, 1);
        const y = streamDraws(stream()).bernoulli("x", shape, probability, value);
        const expected = bernoulli(stream().fork("x"), size, probability, value);
        expect(bits(y.dataSync() as Float32Array)).toEqual(bits(expected));
        y.dispose();
      }
    },
  );

  test("the tails of a million normal draws too", () => {
    const y = streamDraws(stream()).normal("tails", [1_000_000]);
    const values = y.dataSync() as Float32Array;
    expect(values.some((value) => value < -4.5)).toBe(true);
    expect(values.some((value) => value > 4.5)).toBe(true);
    const expected = normal(stream().fork("tails"), 1_000_000);
    expect(values.findIndex((value, i) => value !== expected[i])).toBe(-1);
    y.dispose();
  });
});
