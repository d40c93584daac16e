import { describe, expect, test } from "vitest";
import { bootstrapInterval, rankCorrelation } from "../../examples/shared/rankCorrelation";

describe("rankCorrelation", () => {
  test("depends on the order only", () => {
    expect(rankCorrelation([1, 2, 3, 4], [0.1, 10, 100, 1e9])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, -1e9])).toBeCloseTo(-1, 12);
  });

  test("is 1 - 6 sum d^2 / (n (n^2 - 1)) without ties", () => {
    // d = 0, 1, 1, 2, 2
    expect(rankCorrelation([1, 2, 3, 4, 5], [10, 30, 20, 60, 30.5])).toBeCloseTo(1 - (6 * 4) / 120, 12);
  });

  test("equal values share their ranks", () => {
    // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
    expect(rankCorrelation([0, 1, 1, 2], [5, 6, 7, 8])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});

describe("bootstrapInterval", () => {
  const values = Array.from({ length: 400 }, (_, i) => i / 399);
  const mean = (units: readonly number[]) =>
    units.reduce((sum, unit) => sum + values[unit]!, 0) / units.length;

  test("of a mean is about 1.96 standard errors to either side", () => {
    const [low, high] = bootstrapInterval(400, mean);
    const error = Math.sqrt(1 / 12 / 400);
    expect((low - 0.5) / error).toBeCloseTo(-1.96, 0);
    expect((high - 0.5) / error).toBeCloseTo(1.96, 0);
  });

  test("same seed, same interval", () => {
    expect(bootstrapInterval(400, mean, { draws: 100, seed: 1 })).toEqual(
      bootstrapInterval(400, mean, { draws: 100, seed: 1 }),
    );
  });
});
