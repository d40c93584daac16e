import { describe, expect, test } from "vitest";
import { applyLinearMap, poissonRegression } from "../../src/evaluate";
import { gram } from "../../src/evaluate/gram";
import { evaluatePoisson } from "../../src/evaluate/poissonNewton";
import { array, counts, gaussians, mapped, waves } from "./support";

describe("poissonRegression", () => {
  test("two groups by hand: the fitted rates are the groups' means", () => {
    const x = array([0, 0, 0, 1, 1], [5, 1]);
    const { map, converged } = poissonRegression(x, array([1, 2, 3, 0, 1], [5, 1]), {
      alpha: 0,
      tolerance: 1e-10,
    });
    expect(converged).toEqual([true]);
    expect(map.bias[0]).toBeCloseTo(Math.log(2), 9);
    expect(map.weights.data[0]).toBeCloseTo(Math.log(0.5 / 2), 9);
  });

  test("as an independent numpy program solves it", () => {
    const { x } = waves(60);
    const y = array(
      Array.from({ length: 120 }, (_, at) => {
        const [i, j] = [Math.floor(at / 2), at % 2];
        return Math.floor(Math.abs(3 * Math.sin(2.1 * i * (j + 1)) + x.data[i * 3]!));
      }),
      [60, 2],
    );
    const { map, converged } = poissonRegression(x, y, { alpha: 0.1, tolerance: 1e-10 });
    expect(converged).toEqual([true, true]);
    const weights = [0.13124541, 0.20000566, -0.01225962, -0.04641847, 0.0792794, -0.07147036];
    weights.forEach((value, i) => {
      expect(Math.abs(map.weights.data[i]! - value)).toBeLessThan(1e-8);
    });
    expect(Math.abs(map.bias[0]! - 0.36295801)).toBeLessThan(1e-8);
    expect(Math.abs(map.bias[1]! - 0.36870563)).toBeLessThan(1e-8);
  });

  test("the gradient agrees with finite differences", () => {
    const x = gaussians("x", [30, 3]);
    const design = {
      data: Float64Array.from({ length: 120 }, (_, i) =>
        i % 4 === 3 ? 1 : x.data[Math.floor(i / 4) * 3 + (i % 4)]!,
      ),
      rows: 30,
      columns: 4,
    };
    const y = counts("y", mapped(gaussians("rates", [30, 1]), Math.exp));
    const problem = { design, gram: gram(design), counts: y.data, alpha: 0.3 };
    const beta = Float64Array.of(0.4, -0.2, 0.9, 0.1);
    const { gradient } = evaluatePoisson(problem, beta);
    gradient.forEach((value, i) => {
      const at = (step: number) =>
        evaluatePoisson(
          problem,
          beta.map((b, j) => (i === j ? b + step : b)),
        ).value;
      expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(value, 8);
    });
  });

  test("recovers the map that made the counts", () => {
    const x = gaussians("predictors", [20000, 3]);
    const truth = { weights: array([0.3, -0.5, 0, 0.4, 0.2, 0.1], [3, 2]), bias: Float64Array.of(0.5, -1) };
    const y = counts("made", mapped(applyLinearMap(truth, x), Math.exp));
    const { map, converged } = poissonRegression(x, y, { alpha: 0 });
    expect(converged).toEqual([true, true]);
    map.weights.data.forEach((value, i) => {
      expect(Math.abs(value - truth.weights.data[i]!)).toBeLessThan(0.04);
    });
    map.bias.forEach((value, i) => {
      expect(Math.abs(value - truth.bias[i]!)).toBeLessThan(0.04);
    });
  });

  test("unobserved counts are left out", () => {
    const { x } = waves(40);
    const y = counts("y", mapped(gaussians("r", [40, 2]), Math.exp));
    const holes = mapped(y, (value, i) => (i < 20 && i % 2 === 0 ? Number.NaN : value));
    const whole = poissonRegression(x, y).map;
    const fit = poissonRegression(x, holes).map;
    const rest = poissonRegression(
      array([...x.data.subarray(30)], [30, 3]),
      array([...y.data.subarray(20)], [30, 2]),
    ).map;
    for (const row of [0, 1, 2]) {
      expect(fit.weights.data[2 * row]).toBeCloseTo(rest.weights.data[2 * row]!, 12);
      expect(fit.weights.data[2 * row + 1]).toBe(whole.weights.data[2 * row + 1]);
    }
  });

  test("a silent output gets the smallest rate, a heavy penalty the mean rate", () => {
    const { x } = waves(40);
    const silent = poissonRegression(x, array(new Array(40).fill(0), [40, 1]));
    expect(silent.converged).toEqual([true]);
    expect(Math.exp(silent.map.bias[0]!)).toBeCloseTo(1e-9, 15);
    const heavy = poissonRegression(
      x,
      array(
        new Array(40).fill(0).map((_, i) => i % 4),
        [40, 1],
      ),
      { alpha: 1e9 },
    );
    expect(heavy.map.bias[0]).toBeCloseTo(Math.log(1.5), 6);
  });

  test("says when it did not converge", () => {
    const { x } = waves(40);
    const y = counts("y", mapped(x, Math.exp));
    const { converged, iterations } = poissonRegression(x, y, { maxIterations: 1 });
    expect(converged).toEqual([false, false, false]);
    expect(iterations).toEqual([1, 1, 1]);
    // Spikes on one side only: without a penalty the weight has no finite optimum.
    const separable = poissonRegression(array([0, 0, 1, 1], [4, 1]), array([0, 0, 1, 2], [4, 1]), {
      alpha: 0,
      tolerance: 1e-12,
      maxIterations: 5,
    });
    expect(separable.converged).toEqual([false]);
  });

  test("large predictors and counts need no care", () => {
    const x = mapped(gaussians("x", [500, 2]), (value) => 30 * value);
    const y = counts(
      "y",
      mapped(x, (value) => Math.exp(Math.min(0.1 * value, 5))),
    );
    expect(poissonRegression(x, y).converged).toEqual([true, true]);
  });

  test("refuses what is not a count", () => {
    const { x } = waves(2);
    expect(() => poissonRegression(x, array([1, -1], [2, 1]))).toThrow(
      "counts or NaN, got -1 in row 1, column 0",
    );
    expect(() => poissonRegression(x, array([1], [1, 1]))).toThrow(
      "all axes but the last, got [2,3] and [1,1]",
    );
    expect(() => poissonRegression(x, array([1, 1], [2, 1]), { alpha: -1 })).toThrow(
      "alpha must not be negative, got -1",
    );
    const unknown = array([Number.NaN, Number.NaN], [2, 1]);
    expect(() => poissonRegression(x, unknown)).toThrow("a count in every column, got none in 0");
  });
});
