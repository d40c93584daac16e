import { describe, expect, test } from "vitest";
import { poisson, RandomStream } from "../../src/random";
import { poissonLogProbability } from "../../src/random/poissonLogProbability";
import { chiSquareP, digest, logGamma, mean, moment } from "./statistics";

const n = 200_000;
const stream = (name: string | number) => RandomStream.fromSeed(0).fork(name);

/**
 * Counts of the draws, and what the Poisson law expects, in runs of neighbouring values with 20 expected
 * draws or more.
 */
function cells(draws: Float32Array, rate: number): { observed: number[]; expected: number[] } {
  const histogram = new Map<number, number>();
  for (const draw of draws) histogram.set(draw, (histogram.get(draw) ?? 0) + 1);
  const from = Math.max(0, Math.floor(rate - 6 * Math.sqrt(rate)));
  const to = Math.ceil(rate + 6 * Math.sqrt(rate) + 10);
  const observed = [0];
  const expected = [0];
  for (let k = from; k <= to; k++) {
    if (expected.at(-1)! >= 20) {
      observed.push(0);
      expected.push(0);
    }
    observed[observed.length - 1]! += histogram.get(k) ?? 0;
    expected[expected.length - 1]! += n * Math.exp(k * Math.log(rate) - rate - logGamma(k + 1));
  }
  observed[observed.length - 2]! += observed.pop()!;
  expected[expected.length - 2]! += expected.pop()!;
  return { observed, expected };
}

describe("poisson", () => {
  test("golden values", () => {
    const rates = [0, 0.5, 2, 9.9, 10, 50, 1e4, 1e9];
    expect([...poisson(stream("poisson"), rates)]).toEqual([0, 1, 0, 7, 6, 51, 9951, 1000014144]);
    const ramp = Float64Array.from({ length: 100_000 }, (_, i) => i / 500);
    expect(digest(poisson(stream("d"), ramp))).toBe(2795322949);
  });

  test.each([0.01, 0.3, 1, 3, 9.9, 10, 10.5, 12, 20, 50, 300, 1e4])(
    "rate %d: moments and probabilities",
    (rate) => {
      const draws = poisson(stream(rate), new Float64Array(n).fill(rate));
      const sd = Math.sqrt(rate);
      expect(Math.abs(mean(draws) - rate)).toBeLessThan((4 * sd) / Math.sqrt(n));
      // Fourth central moment of the standardised count: 3 + 1 / rate. Sixth: 15 + 25 / rate + 1 / rate^2.
      expect(Math.abs(moment(draws, 2, rate, sd) - 1)).toBeLessThan(4 * Math.sqrt((2 + 1 / rate) / n));
      const sixth = 15 + 25 / rate + 1 / rate ** 2;
      expect(Math.abs(moment(draws, 3, rate, sd) - 1 / sd)).toBeLessThan(4 * Math.sqrt(sixth / n));
      const { observed, expected } = cells(draws, rate);
      expect(expected.length).toBeGreaterThan(1);
      expect(chiSquareP(observed, expected)).toBeGreaterThan(1e-4);
    },
  );

  test.each([1e6, 1e9, 1e12])("rate %d: moments", (rate) => {
    const draws = poisson(stream(rate), new Float64Array(n).fill(rate));
    const sd = Math.sqrt(rate);
    // float32 rounds these counts, evenly to both sides; its grid at 1e12 is 2^16, a sixteenth of the sd.
    expect(Math.abs(mean(draws) - rate)).toBeLessThan((4 * sd) / Math.sqrt(n));
    expect(Math.abs(moment(draws, 2, rate, sd) - 1)).toBeLessThan(4 * Math.sqrt(2 / n) + 0.0004);
  });

  test("a tiny rate still has its rare counts", () => {
    const draws = poisson(stream("tiny"), new Float64Array(1_000_000).fill(1e-5));
    expect(mean(draws) * 1e6).toBeGreaterThan(0);
    expect(mean(draws) * 1e6).toBeLessThan(10 + 5 * Math.sqrt(10));
  });

  test("rate 0 gives 0; rates may differ from draw to draw", () => {
    const rates = Float32Array.from({ length: 90_000 }, (_, i) => [0, 2, 40][i % 3]!);
    const draws = poisson(stream("mixed"), rates);
    for (const [offset, rate] of [0, 2, 40].entries()) {
      const some = draws.filter((_, i) => i % 3 === offset);
      expect(Math.abs(mean(some) - rate)).toBeLessThanOrEqual(4 * Math.sqrt(rate / 30_000));
    }
    expect(poisson(stream("none"), [])).toHaveLength(0);
  });

  test.each([Number.NaN, -1, Infinity, 1e300])("rate %d is an error, before any draw", (rate) => {
    const s = stream("bad");
    expect(() => poisson(s, [1, rate])).toThrow(
      `poisson: rates must be numbers from 0 to 2^53, got ${rate} at 1`,
    );
    expect(s.toJSON().counter).toBe(0);
  });
});

// Values from 40-digit arithmetic.
test.each([
  [0, 12.5, -12.5],
  [3, 12.5, -6.714573536303289],
  [12, 12.5, -2.178470763962821],
  [13, 12.5, -2.217691477116102],
  [60, 12.5, -49.58445476517627],
  [10_000, 1e4, -5.524117052526095],
  [10_300, 1e4, -9.99455929883577],
  [1_000_030_000, 1e9, -11.730581951603712],
  [1e12, 1_000_000_500_000, -14.859449049502379],
])("poissonLogProbability(%d, %d)", (k, rate, truth) => {
  expect(Math.abs(poissonLogProbability(k, rate) - truth)).toBeLessThan(1e-13);
});
