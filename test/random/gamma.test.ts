import { describe, expect, test } from "vitest";
import { chiSquared, gamma, RandomStream } from "../../src/random";
import { digest, gammaCdf, kolmogorovP, mean, moment } from "./statistics";

const n = 200_000;
const stream = (name: string | number) => RandomStream.fromSeed(0).fork(name);

describe("gamma", () => {
  test("golden values", () => {
    expect([...gamma(stream("gamma"), 3, 0.4)]).toEqual([
      0.8520240816849842, 0.011237410683178834, 0.09015269384821623,
    ]);
    expect([...gamma(stream("gamma"), 3, 2.5)]).toEqual([
      2.065737738998088, 5.3406066775332475, 5.065290827328876,
    ]);
    expect(digest(gamma(stream("d"), 100_000, 0.4))).toBe(2185613145);
    expect(digest(gamma(stream("d"), 100_000, 2.5))).toBe(2520046213);
  });

  test.each([0.05, 0.3, 0.999, 1, 1.5, 4, 30, 300])("shape %d: moments and distribution", (shape) => {
    const draws = gamma(stream(shape), n, shape);
    const sd = Math.sqrt(shape);
    expect(Math.abs(mean(draws) - shape)).toBeLessThan((4 * sd) / Math.sqrt(n));
    expect(Math.abs(moment(draws, 2, shape, sd) - 1)).toBeLessThan(4 * Math.sqrt((2 + 6 / shape) / n));
    expect(kolmogorovP(draws, (x) => gammaCdf(shape, x))).toBeGreaterThan(1e-4);
  });

  test("extreme shapes give finite draws that are not negative", () => {
    for (const shape of [1e-300, 1e-3, 1e10, 1e300]) {
      expect(gamma(stream("extreme"), 1000, shape).every((draw) => draw >= 0 && draw < Infinity)).toBe(true);
    }
    const draws = gamma(stream("large"), 10_000, 1e10);
    expect(Math.abs(mean(draws) - 1e10)).toBeLessThan(4 * 1e3);
    expect(Math.abs(moment(draws, 2, 1e10, 1e5) - 1)).toBeLessThan(4 * Math.sqrt(2 / 10_000));
  });

  test.each([0, -1, Number.NaN, Infinity])("shape %d is an error", (shape) => {
    expect(() => gamma(stream(1), 1, shape)).toThrow(
      `gamma: shape must be a finite number above 0, got ${shape}`,
    );
    expect(() => gamma(stream(1), 0.5, 1)).toThrow("gamma: count must be a non-negative integer, got 0.5");
  });
});

describe("chiSquared", () => {
  test("golden values", () => {
    expect([...chiSquared(stream("chiSquared"), 4, 5)]).toEqual([
      1.67461359500885, 2.1082310676574707, 7.755676746368408, 7.143013000488281,
    ]);
  });

  test.each([0.5, 1, 2, 5, 50])("%d degrees of freedom: moments and distribution", (df) => {
    const draws = chiSquared(stream(df), n, df);
    expect(Math.abs(mean(draws) - df)).toBeLessThan(4 * Math.sqrt((2 * df) / n));
    expect(Math.abs(moment(draws, 2, df, Math.sqrt(2 * df)) - 1)).toBeLessThan(
      4 * Math.sqrt((2 + 12 / df) / n),
    );
    expect(kolmogorovP(draws, (x) => gammaCdf(df / 2, x / 2))).toBeGreaterThan(1e-4);
  });

  test("bad arguments", () => {
    expect(() => chiSquared(stream(1), 1, 0)).toThrow(
      "chiSquared: df must be a finite number above 0, got 0",
    );
    expect(() => chiSquared(stream(1), -2, 1)).toThrow(
      "chiSquared: count must be a non-negative integer, got -2",
    );
  });
});
