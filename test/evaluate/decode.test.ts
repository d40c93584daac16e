import { describe, expect, test } from "vitest";
import type { NdArray } from "../../src/data/ndarray";
import { applyLinearMap, decode, nlbVelocityR2, selectColumns } from "../../src/evaluate";
import { RandomStream } from "../../src/random/stream";
import { array, gaussians, mapped, waves } from "./support";

const exact = { weights: gaussians("map", [4, 2]), bias: Float64Array.of(3, -7) };
const trials = (name: string, count: number) => {
  const rates = mapped(gaussians(name, [count, 6, 4]), Math.abs);
  return { rates, behavior: applyLinearMap(exact, rates) };
};

describe("decode", () => {
  test("finds an exact linear map", () => {
    const valid = trials("valid", 8);
    const { r2, r2PerColumn, prediction, fit } = decode(trials("train", 20), valid);
    expect(r2).toBeGreaterThan(1 - 1e-9);
    expect(r2PerColumn).toHaveLength(2);
    expect(prediction.shape).toEqual([8, 6, 2]);
    expect(fit.alpha).toBe(1e-6);
    prediction.data.forEach((value, i) => {
      expect(value).toBeCloseTo(valid.behavior.data[i]!, 5);
    });
  });

  test("of noise, chooses to predict next to nothing", () => {
    const noise = (name: string) => ({
      rates: gaussians(name, [20, 6, 4]),
      behavior: gaussians(`${name}!`, [20, 6, 2]),
    });
    const { r2, fit } = decode(noise("a"), noise("b"));
    expect(fit.alpha).toBeGreaterThan(10);
    expect(Math.abs(r2)).toBeLessThan(0.05);
  });

  test("validation trials neither choose the penalty nor the map", () => {
    const train = trials("train", 20);
    const { fit } = decode(train, trials("valid", 8));
    expect(decode(train, trials("other", 3)).fit).toEqual(fit);
  });

  test("shuffles whole trials: data sorted by condition are not extrapolated", () => {
    // Each fifth of the trials has its own predictor; contiguous folds never see the one they are tested on.
    const rates = mapped(gaussians("sorted", [25, 6, 5]), (value, i) =>
      i % 5 === Math.floor(i / 150) ? value : 0,
    );
    const behavior = array(
      Array.from({ length: 150 }, (_, row) =>
        rates.data.subarray(5 * row, 5 * row + 5).reduce((a, b) => a + b, 0),
      ),
      [25, 6, 1],
    );
    const sorted = { rates, behavior };
    expect(decode(sorted, sorted).fit.score).toBeGreaterThan(0.99);
    expect(nlbVelocityR2(sorted, sorted).fit.score).toBeLessThan(0.1);
  });

  test("keeps trials whole: what is known of a trial only from its other bins does not count", () => {
    const rates = mapped(gaussians("any", [25, 6, 25]), (_, i) => (i % 25 === Math.floor(i / 150) ? 1 : 0));
    const values = gaussians("values", [25]).data;
    const behavior = mapped(gaussians("any", [25, 6, 1]), (_, row) => values[Math.floor(row / 6)]!);
    const own = { rates, behavior };
    expect(decode(own, own).fit.score).toBeLessThan(0.1);
  });

  test("the stream decides the folds", () => {
    const train = { rates: gaussians("r", [20, 6, 4]), behavior: gaussians("v", [20, 6, 2]) };
    const score = (seed: number) => decode(train, train, { stream: RandomStream.fromSeed(seed) }).fit.scores;
    expect(score(1)).toEqual(score(1));
    expect(score(1)).not.toEqual(score(2));
  });

  test("leaves out bins with unknown behaviour, refuses unknown rates", () => {
    const [train, valid] = [trials("train", 20), trials("valid", 8)];
    const holes = {
      ...train,
      behavior: mapped(train.behavior, (value, i) => (i % 17 === 0 ? Number.NaN : value)),
    };
    expect(
      decode(holes, { ...valid, behavior: mapped(valid.behavior, (v, i) => (i < 9 ? Number.NaN : v)) }).r2,
    ).toBeGreaterThan(0.999);
    const bad = { ...train, rates: mapped(train.rates, (value, i) => (i === 5 ? Number.NaN : value)) };
    expect(() => decode(bad, valid)).toThrow("x must be finite, got NaN in row 1, column 1");
  });
});

describe("nlbVelocityR2", () => {
  test("as an independent numpy program computes it", () => {
    const { x, y } = waves(60);
    const part = (of: NdArray, from: number, to: number) => {
      const columns = of.shape[1]!;
      const values = Array.from(of.data).slice(from * columns, to * columns);
      return array(values, [(to - from) / 4, 4, columns]);
    };
    const set = (from: number, to: number) => ({ rates: part(x, from, to), behavior: part(y, from, to) });
    const { r2, fit } = nlbVelocityR2(set(0, 48), set(48, 60));
    const scores = [
      0.9124793755283501, 0.912479434260209, 0.9124796180078459, 0.9124801792880699, 0.9124817566330865,
      0.9124847760787766, 0.9124748654743258, 0.9122559037069407, 0.9098891729755352,
    ];
    scores.forEach((score, i) => {
      expect(fit.scores[i]).toBeCloseTo(score, 11);
    });
    expect(fit.alpha).toBeCloseTo(10 ** -1.5, 12);
    expect(r2).toBeCloseTo(0.9129613483495316, 11);
  });
});

describe("selectColumns", () => {
  test("takes columns in order and refuses others", () => {
    const behavior = array([1, 2, 3, 4, 5, 6], [1, 2, 3]);
    expect(selectColumns(behavior, [2, 0])).toEqual(array([3, 1, 6, 4], [1, 2, 2]));
    expect(() => selectColumns(behavior, [3])).toThrow("columns must be integers in [0, 3), got 3");
  });
});
