import { describe, expect, test } from "vitest";
import { chiSquareP, equalFrequencyP, gammaCdf, kolmogorovP, logGamma, normalCdf } from "./statistics";

describe("the tests' own statistics", () => {
  test("distribution functions match tables", () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 8);
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 8);
    expect(gammaCdf(1, 2)).toBeCloseTo(1 - Math.exp(-2), 8);
    expect(gammaCdf(3, 2)).toBeCloseTo(1 - 5 * Math.exp(-2), 8);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 8);
    expect(normalCdf(-1)).toBeCloseTo(0.15865525393145707, 8);
  });

  test("p-values are 5 % at the 5 % points, and tiny for a wrong sample", () => {
    // 3.841 is the 95 % point of chi-squared with one degree of freedom.
    const shift = Math.sqrt(3.841458820694124 * 25);
    expect(chiSquareP([50 + shift, 50 - shift], [50, 50])).toBeCloseTo(0.05, 8);
    expect(equalFrequencyP([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 2)).toBeLessThan(1e-3);
    // 1.358 / sqrt(n) is the 5 % point of Kolmogorov's distance.
    const n = 1000;
    const sample = Array.from({ length: n }, (_, i) => (i + 1) / n - 1.3581 / Math.sqrt(n));
    expect(kolmogorovP(sample, (x) => Math.min(1, Math.max(0, x)))).toBeCloseTo(0.05, 3);
  });
});
