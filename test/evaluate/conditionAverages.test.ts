import { describe, expect, test } from "vitest";
import { conditionAverages, principalScores, psthR2, smoothGaussian } from "../../src/evaluate";
import { array, counts, gaussians, mapped } from "./support";

describe("conditionAverages", () => {
  test("by hand, conditions ascending, the unobserved left out", () => {
    const values = array([1, 2, 10, 20, 3, Number.NaN], [3, 2, 1]);
    const { conditions, averages, trials } = conditionAverages(values, [7, 3, 7]);
    expect(conditions).toEqual([3, 7]);
    expect(averages).toEqual(array([10, 20, 2, 2], [2, 2, 1]));
    expect(trials).toEqual([1, 2]);
  });

  test("refuses labels that do not name every trial", () => {
    expect(() => conditionAverages(array([1], [1, 1, 1]), [])).toThrow("one condition per trial (1), got 0");
  });
});

describe("psthR2", () => {
  const rates = mapped(gaussians("condition rates", [4, 20, 3]), (z) => 1 + Math.exp(z));
  const labels = Array.from({ length: 400 }, (_, trial) => (trial * 3) % 4);
  const single = array(
    labels.flatMap((label) => [...rates.data.subarray(60 * label, 60 * label + 60)]),
    [400, 20, 3],
  );

  test("true rates explain the averages of many trials, the mean rate does not", () => {
    const psth = conditionAverages(counts("trials", single), labels);
    expect(psthR2(single, labels, psth)).toBeGreaterThan(0.97);
    expect(
      psthR2(
        mapped(single, () => 2),
        labels,
        psth,
      ),
    ).toBeLessThan(0);
  });

  test("is 1 for the smoothed spikes themselves, over the conditions named", () => {
    const smoothed = smoothGaussian(counts("trials", single), { sd: 2 });
    expect(psthR2(smoothed, labels, conditionAverages(smoothed, labels))).toBeCloseTo(1, 12);
    const one = array([...smoothed.data.subarray(0, 60)], [1, 20, 3]);
    const psth = conditionAverages(one, [2]);
    expect(psthR2(one, [2], psth)).toBeCloseTo(1, 12);
    const last = array([...smoothed.data.subarray(180, 240)], [1, 20, 3]); // trial 3, condition 1
    const all = conditionAverages(array([...smoothed.data.subarray(0, 240)], [4, 20, 3]), [0, 3, 2, 1]);
    expect(psthR2(last, [1], all)).toBeCloseTo(1, 12);
    expect(() => psthR2(one, [1], psth)).toThrow(
      "psth must hold every condition of the labels, got none for 1",
    );
  });
});

describe("principalScores", () => {
  test("by hand: points on a line", () => {
    const { data, shape } = principalScores(array([0, 0, 3, 4, 6, 8], [3, 2]), 1);
    expect(shape).toEqual([3, 1]);
    [-5, 0, 5].forEach((score, i) => {
      expect(Math.abs(data[i]!)).toBeCloseTo(Math.abs(score), 12);
    });
    expect(data[0]).toBeCloseTo(-data[2]!, 12);
  });

  test("are uncorrelated, largest variance first, and keep distances when complete", () => {
    const x = mapped(gaussians("cloud", [40, 4]), (z, i) => z * (1 + (i % 4)) + 5);
    const { data } = principalScores(x, 4);
    const product = (a: number, b: number) => {
      let sum = 0;
      for (let row = 0; row < 40; row++) sum += data[row * 4 + a]! * data[row * 4 + b]!;
      return sum;
    };
    for (const a of [0, 1, 2]) {
      expect(product(a, a)).toBeGreaterThan(product(a + 1, a + 1));
      for (let b = a + 1; b < 4; b++) expect(Math.abs(product(a, b))).toBeLessThan(1e-9);
    }
    const distance = (of: ArrayLike<number>) => Math.hypot(...[0, 1, 2, 3].map((j) => of[j]! - of[4 + j]!));
    expect(distance(data)).toBeCloseTo(distance(x.data), 10);
  });

  test("of more columns than rows are those of the same rows twice", () => {
    const wide = gaussians("wide", [5, 9]);
    const twice = array([...wide.data, ...wide.data], [10, 9]);
    const [once, doubled] = [principalScores(wide, 4).data, principalScores(twice, 4).data];
    doubled.forEach((score, i) => {
      expect(score).toBeCloseTo(once[i % 20]!, 10);
    });
  });

  test("refuses more components than there are", () => {
    const wide = gaussians("wide", [5, 9]);
    expect(() => principalScores(wide, 6)).toThrow("components must be an integer from 1 to 5, got 6");
  });
});
