import { describe, expect, test } from "vitest";
import type { NdArray } from "../../src/data/ndarray";
import { applyLinearMap, crossValidatedRidge, r2Score, ridge } from "../../src/evaluate";
import { groupFolds } from "../../src/evaluate/folds";
import { takeTrials } from "../../src/evaluate/select";
import { RandomStream } from "../../src/random/stream";
import { array, gaussians, mapped, waves } from "./support";

const near = (actual: ArrayLike<number>, expected: readonly number[], tolerance: number) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThan(tolerance);
  });
};

describe("ridge", () => {
  test("one predictor by hand: w = Sxy / (Sxx + alpha), b = mean y - w mean x", () => {
    const [fit] = ridge(array([0, 1, 2], [3, 1]), array([1, 2, 6], [3, 1]), [3]);
    near(fit!.weights.data, [5 / 5], 1e-14);
    near(fit!.bias, [2], 1e-14);
  });

  test("as numpy solves the normal equations", () => {
    const { x, y } = waves(60);
    const [weak, strong] = ridge(x, y, [0.5, 10]);
    near(weak!.weights.data, [1.00090247, 0.01851716, 0.00921431, 1.97341346, 0.99140895, 0.99121337], 1e-8);
    near(weak!.bias, [-0.00462691, -0.01920419], 1e-8);
    near(
      strong!.weights.data,
      [0.76050771, 0.00699516, 0.01004502, 1.50881123, 0.75348655, 0.76645188],
      1e-8,
    );
    near(strong!.bias, [0.00136814, -0.01392724], 1e-8);
  });

  test("a far origin moves the intercept and nothing else", () => {
    const { x, y } = waves(60);
    const [fit] = ridge(x, y, [0.5]);
    const [moved] = ridge(
      mapped(x, (value) => value + 1e6),
      y,
      [0.5],
    );
    near(moved!.weights.data, [...fit!.weights.data], 1e-7);
  });

  test("alpha 0 with collinear predictors is the least-squares solution of smallest norm", () => {
    const x = array([0, 0, 1, 1, 2, 2], [3, 2]);
    const [fit] = ridge(x, array([1, 3, 5], [3, 1]), [0]);
    near(fit!.weights.data, [1, 1], 1e-12);
    near(fit!.bias, [1], 1e-12);
  });

  test("rows with an unknown target are left out", () => {
    const x = array([0, 1, 9, 2], [4, 1]);
    const [fit] = ridge(x, array([1, 2, Number.NaN, 6], [4, 1]), [3]);
    near(fit!.weights.data, [1], 1e-14);
  });

  test("refuses rows that do not pair up, unknown predictors, negative penalties", () => {
    const y = array([1, 2], [2, 1]);
    expect(() => ridge(array([1], [1, 1]), y, [1])).toThrow("all axes but the last, got [1,1] and [2,1]");
    expect(() => ridge(array([1, Number.NaN], [2, 1]), y, [1])).toThrow(
      "ridge: x must be finite, got NaN in row 1",
    );
    expect(() => ridge(y, y, [-1])).toThrow("alphas must not be negative, got -1");
    expect(() => ridge(y, y, [])).toThrow("alphas must not be empty");
  });
});

describe("groupFolds", () => {
  test("without a stream: contiguous, the first folds one larger", () => {
    const folds = groupFolds([0, 1, 2, 3, 4, 5, 6], 3);
    expect(folds.map((fold) => [...fold])).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  test("shuffled groups stay whole, and the folds cover every row once", () => {
    const groups = Array.from({ length: 60 }, (_, row) => Math.floor(row / 3));
    const folds = groupFolds(groups, 5, RandomStream.fromSeed(1));
    expect(folds.map((fold) => fold.length)).toEqual([12, 12, 12, 12, 12]);
    expect(folds.flatMap((fold) => [...fold]).sort((a, b) => a - b)).toEqual(groups.map((_, row) => row));
    for (const fold of folds) expect(new Set([...fold].map((row) => groups[row])).size).toBe(4);
    expect(folds.map((fold) => [...fold])).not.toEqual(groupFolds(groups, 5).map((fold) => [...fold]));
    expect(groupFolds(groups, 5, RandomStream.fromSeed(1))).toEqual(folds);
  });

  test("refuses fewer groups than folds", () => {
    expect(() => groupFolds([0, 0, 1], 3)).toThrow("from 2 to the number of groups, 2, got 3");
  });
});

describe("crossValidatedRidge", () => {
  const alphas = [0.01, 1, 100, 10000];
  const x = gaussians("x", [90, 8]);
  const noise = gaussians("noise", [90, 2]);
  const y = mapped(noise, (value, i) => 3 * value + x.data[Math.floor(i / 2) * 8 + (i % 2)]!);
  const groups = Array.from({ length: 90 }, (_, row) => Math.floor(row / 6));

  test("scores are those of separate fits without each fold", () => {
    const result = crossValidatedRidge(x, y, { alphas, groups, stream: RandomStream.fromSeed(3) });
    const folds = groupFolds(groups, 5, RandomStream.fromSeed(3));
    const expected = alphas.map((alpha) => {
      const scores = folds.map((left) => {
        const others = folds.filter((fold) => fold !== left).flatMap((fold) => [...fold]);
        const [fit] = ridge(takeTrials(x, others), takeTrials(y, others), [alpha]);
        return r2Score(applyLinearMap(fit!, takeTrials(x, left)), takeTrials(y, left));
      });
      return scores.reduce((sum, score) => sum + score, 0) / 5;
    });
    near(result.scores, expected, 1e-10);
    expect(result.score).toBe(Math.max(...result.scores));
    expect(result.alpha).toBe(alphas[result.scores.indexOf(result.score)]);
    near(result.map.weights.data, [...ridge(x, y, [result.alpha])[0]!.weights.data], 1e-12);
    near(result.map.bias, [...ridge(x, y, [result.alpha])[0]!.bias], 1e-12);
  });

  test("rows with an unknown target keep the groups of the others", () => {
    const rows = Array.from({ length: 78 }, (_, row) => row + 12);
    const holes = mapped(y, (value, i) => (i < 24 ? Number.NaN : value));
    const options = { alphas, stream: RandomStream.fromSeed(3) };
    const without = crossValidatedRidge(takeTrials(x, rows), takeTrials(y, rows), {
      ...options,
      groups: rows.map((row) => groups[row]!),
      stream: RandomStream.fromSeed(3),
    });
    near(crossValidatedRidge(x, holes, { ...options, groups }).scores, [...without.scores], 1e-12);
  });

  test("refuses groups that do not name every row", () => {
    const options = { alphas, groups: [1, 2] };
    expect(() => crossValidatedRidge(x as NdArray, y, options)).toThrow(
      "one group for each of 90 rows, got 2",
    );
  });
});
