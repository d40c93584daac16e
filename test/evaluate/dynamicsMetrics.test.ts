import { describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/data";
import {
  applyLinearMap,
  cycleConsistency,
  hiddenR2,
  joinColumns,
  pooledR2,
  r2OverTime,
  r2PerColumn,
  r2Score,
  selectColumns,
} from "../../src/evaluate";
import { normal, RandomStream } from "../../src/random";

const draws = (name: string, shape: readonly number[], sd = 1): NdArray<Float64Array> =>
  ndarray(
    Float64Array.from(
      normal(
        RandomStream.fromSeed(0).fork(name),
        shape.reduce((a, b) => a * b, 1),
        0,
        sd,
      ),
    ),
    shape,
  );
const plus = (a: NdArray, b: NdArray) =>
  ndarray(
    Float64Array.from(a.data, (x, i) => x + b.data[i]!),
    a.shape,
  );
const affine = (name: string, inputs: number, outputs: number) => ({
  weights: draws(name, [inputs, outputs]),
  bias: draws(`${name} bias`, [outputs]).data,
});

describe("pooledR2", () => {
  test("weighs columns by their variance", () => {
    const truth = ndarray(Float64Array.from([0, 0, 2, 20, 4, 40]), [3, 2]);
    const prediction = ndarray(Float64Array.from([0, 10, 2, 20, 4, 30]), [3, 2]);
    expect(Array.from(r2PerColumn(prediction, truth))).toEqual([1, 0.75]);
    expect(r2Score(prediction, truth)).toBe(0.875);
    expect(pooledR2(prediction, truth)).toBeCloseTo((8 * 1 + 800 * 0.75) / 808, 12);
  });
});

describe("hiddenR2", () => {
  const truth = (name: string) => draws(name, [40, 10, 3]);
  const map = affine("map", 3, 3);

  test("is 1 both ways for an affine map of the true states", () => {
    const pair = (name: string) => ({ inferred: applyLinearMap(map, truth(name)), true: truth(name) });
    const { inferredFromTrue, trueFromInferred } = hiddenR2(pair("a"), pair("b"));
    for (const { mean, pooled } of [inferredFromTrue, trueFromInferred]) {
      expect(mean).toBeCloseTo(1, 10);
      expect(pooled).toBeCloseTo(1, 10);
    }
  });

  test("tells states that are made up from states that are missing", () => {
    const more = (name: string) => ({
      inferred: joinColumns([truth(name), draws(`${name} other`, [40, 10, 1], 3)]),
      true: truth(name),
    });
    const made = hiddenR2(more("a"), more("b"));
    expect(made.trueFromInferred.mean).toBeCloseTo(1, 10);
    expect(made.inferredFromTrue.mean).toBeCloseTo(0.75, 1); // three of four columns
    expect(made.inferredFromTrue.pooled).toBeCloseTo(3 / 12, 1); // 3 of 12 of the variance
    const fewer = (name: string) => ({ inferred: selectColumns(truth(name), [0, 1]), true: truth(name) });
    const missing = hiddenR2(fewer("a"), fewer("b"));
    expect(missing.inferredFromTrue.mean).toBeCloseTo(1, 10);
    expect(missing.trueFromInferred.mean).toBeCloseTo(2 / 3, 1);
  });

  test("is fitted to the training trials alone", () => {
    const train = { inferred: truth("a"), true: truth("a") };
    const negative = ndarray(
      truth("b").data.map((x) => -x),
      [40, 10, 3],
    );
    expect(hiddenR2(train, { inferred: negative, true: truth("b") }).inferredFromTrue.mean).toBeLessThan(-2);
  });
});

describe("r2OverTime", () => {
  test("scores parts of 24, 24 and 22 of 70 bins by themselves", () => {
    const truth = draws("truth", [30, 70, 4]);
    const noise = draws("noise", [30, 70, 4]);
    const late = ndarray(
      truth.data.map((x, i) => x + (Math.floor(i / 4) % 70 >= 48 ? noise.data[i]! : 0)),
      [30, 70, 4],
    );
    const [early, middle, last] = r2OverTime(late, truth) as [number, number, number];
    expect([early, middle]).toEqual([1, 1]);
    expect(last).toBeCloseTo(0, 0.8);
    expect(r2OverTime(late, truth, 1)).toEqual([r2Score(late, truth)]);
  });

  test("refuses more parts than bins", () => {
    expect(() => r2OverTime(draws("a", [2, 3, 1]), draws("b", [2, 3, 1]), 4)).toThrow(
      "r2OverTime: parts must be a whole number that 3 bins can be cut into, got 4",
    );
  });
});

describe("cycleConsistency", () => {
  const readout = affine("readout", 3, 20);
  const pair = (name: string) => {
    const states = draws(name, [40, 10, 3]);
    return { states, logRates: applyLinearMap(readout, states) };
  };

  test("is 1 for states that a readout keeps", () => {
    expect(cycleConsistency(pair("a"), pair("b"), { negligible: 0 })).toBeCloseTo(1, 10);
    expect(cycleConsistency(pair("a"), pair("b"))).toBeCloseTo(1, 10);
  });

  test("is the part of the variance of the states that reaches the rates", () => {
    const hidden = (name: string) => {
      const { states, logRates } = pair(name);
      return { states: joinColumns([states, draws(`${name} hidden`, [40, 10, 1], 3)]), logRates };
    };
    expect(cycleConsistency(hidden("a"), hidden("b"))).toBeCloseTo(3 / 12, 1);
  });

  test("does not count states that hide in the last digits of rates", () => {
    const faint = (name: string) => {
      const { states, logRates } = pair(name);
      const other = draws(`${name} hidden`, [40, 10, 1], 3);
      const trace = applyLinearMap(
        { weights: draws("trace", [1, 20], 1e-4), bias: new Float64Array(20) },
        other,
      );
      return { states: joinColumns([states, other]), logRates: plus(logRates, trace) };
    };
    expect(cycleConsistency(faint("a"), faint("b"), { negligible: 0 })).toBeCloseTo(1, 5);
    expect(cycleConsistency(faint("a"), faint("b"))).toBeCloseTo(3 / 12, 1);
  });

  test("takes more states than channels", () => {
    const wide = (name: string) => {
      const states = draws(name, [40, 10, 6]);
      return { states, logRates: applyLinearMap(affine("few", 6, 4), states) };
    };
    const score = cycleConsistency(wide("a"), wide("b"), { negligible: 0 });
    expect(score).toBeCloseTo(4 / 6, 1);
  });

  test("refuses a fraction of 1", () => {
    expect(() => cycleConsistency(pair("a"), pair("b"), { negligible: 1 })).toThrow(
      "cycleConsistency: negligible must be at least 0 and below 1, got 1",
    );
  });
});
