import { describe, expect, test } from "vitest";
import { type Dataset, ndarray, type TrialSet, validateDataset, validateTrialSet } from "../../src/data";

const counts = (...shape: number[]) =>
  ndarray(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape);
const trials = (changes: Partial<TrialSet> = {}): TrialSet => ({
  encode: counts(4, 3, 2),
  reconstruct: counts(4, 5, 3),
  ...changes,
});
const withValue = (value: number) => {
  const encode = counts(4, 3, 2);
  encode.data[6 + 2 + 1] = value; // [1, 1, 1]
  return trials({ encode });
};

describe("ndarray", () => {
  test("keeps the data and checks the shape", () => {
    const data = new Uint8Array(6);
    expect(ndarray(data, [2, 3])).toEqual({ data, shape: [2, 3] });
    expect(ndarray(data, [2, 3]).data).toBe(data);
    expect(ndarray(new Float64Array(1), []).shape).toEqual([]);
    expect(() => ndarray(data, [2, 2])).toThrow("ndarray: shape [2,2] needs 4 elements, got 6 in the data");
    expect(() => ndarray(data, [-2, -3])).toThrow("ndarray: dimensions must be whole numbers, got [-2,-3]");
    expect(() => ndarray(data, [1.5, 4])).toThrow("whole numbers, got [1.5,4]");
  });
});

describe("validateTrialSet", () => {
  test("accepts held-out channels, forward bins, inputs, truth and unobserved values", () => {
    validateTrialSet(
      trials({ externalInputs: counts(4, 5, 1), truth: counts(4, 5, 3), extras: { inds: counts(4) } }),
    );
    validateTrialSet(withValue(Number.NaN));
    validateTrialSet(trials({ externalInputs: counts(4, 3, 1) }));
  });

  test.each<[string, TrialSet, string]>([
    ["a rank", trials({ encode: counts(4, 6) }), "encode must be [trials, bins, channels], got [4,6]"],
    [
      "no trials",
      trials({ encode: ndarray(new Uint8Array(0), [0, 3, 2]) }),
      "encode must not be empty, got shape [0,3,2]",
    ],
    [
      "no bins",
      trials({ reconstruct: ndarray(new Uint8Array(0), [4, 0, 2]) }),
      "reconstruct must not be empty",
    ],
    [
      "a shape",
      trials({ encode: { data: new Uint8Array(7), shape: [4, 3, 2] } }),
      "needs 24 elements, got 7",
    ],
    [
      "trials",
      trials({ reconstruct: counts(5, 5, 3) }),
      "reconstruct must have as many trials as encode, 4, got shape [5,5,3]",
    ],
    [
      "bins",
      trials({ reconstruct: counts(4, 2, 3) }),
      "at least the bins and channels of encode, [4,3,2], got [4,2,3]",
    ],
    [
      "channels",
      trials({ reconstruct: counts(4, 5, 1) }),
      "at least the bins and channels of encode, [4,3,2], got [4,5,1]",
    ],
    [
      "a negative count",
      withValue(-1),
      "encode must be spike counts (whole numbers, not negative; NaN = not observed), got -1 at [1,1,1]",
    ],
    ["a fraction", withValue(0.5), "got 0.5 at [1,1,1]"],
    ["an infinite count", withValue(Infinity), "got Infinity at [1,1,1]"],
    [
      "nothing observed",
      trials({ encode: ndarray(new Float32Array(24).fill(Number.NaN), [4, 3, 2]) }),
      "encode must hold an observed value, got only NaN",
    ],
    [
      "truth",
      trials({ truth: counts(4, 5, 2) }),
      "truth must have the shape of reconstruct, [4,5,3], got [4,5,2]",
    ],
    [
      "inputs: trials",
      trials({ externalInputs: counts(3, 5, 1) }),
      "externalInputs must have as many trials as encode, 4, got shape [3,5,1]",
    ],
    [
      "inputs: bins",
      trials({ externalInputs: counts(4, 6, 1) }),
      "externalInputs must have at most the bins of reconstruct, 5, got [4,6,1]",
    ],
    [
      "inputs: NaN",
      trials({ externalInputs: ndarray(new Float32Array([0, 0, Number.NaN, 0]), [4, 1, 1]) }),
      "externalInputs must not be NaN, got it at index 2",
    ],
    [
      "extras",
      trials({ extras: { inds: counts(3) } }),
      "inds must have as many trials as encode, 4, got shape [3]",
    ],
  ])("refuses %s", (_, trialSet, message) => {
    expect(() => validateTrialSet(trialSet)).toThrow(message);
    expect(() => validateTrialSet(trialSet)).toThrow(/^validateTrialSet: /);
  });

  test("real-valued data only has to be finite or NaN", () => {
    for (const value of [-1, 0.5, Number.NaN]) validateTrialSet(withValue(value), { counts: false });
    expect(() => validateTrialSet(withValue(-Infinity), { counts: false })).toThrow(
      "encode must be finite or NaN, got -Infinity at [1,1,1]",
    );
  });
});

describe("validateDataset", () => {
  const dataset = (changes: Partial<Dataset> = {}): Dataset => ({
    train: trials(),
    valid: trials(),
    ...changes,
  });

  test("accepts sets with different numbers of trials", () => {
    const valid = { encode: counts(1, 3, 2), reconstruct: counts(1, 5, 3) };
    validateDataset(dataset({ valid, test: valid }));
  });

  test.each<[string, Dataset, string]>([
    ["a bad set", dataset({ valid: withValue(-1) }), "validateDataset: valid.encode must be spike counts"],
    [
      "other channels",
      dataset({ test: trials({ reconstruct: counts(4, 5, 4) }) }),
      "validateDataset: test.reconstruct must have bins and channels as in training, [5,3], got [5,4]",
    ],
    [
      "inputs in one set only",
      dataset({ valid: trials({ externalInputs: counts(4, 5, 1) }) }),
      "validateDataset: valid.externalInputs must have bins and channels as in training, nothing, got [5,1]",
    ],
    [
      "a shared array that does not fill its shape",
      dataset({ shared: { order: { data: new Uint8Array(2), shape: [3] } } }),
      "validateDataset: shared.order: shape [3] needs 3 elements, got 2",
    ],
  ])("refuses %s", (_, set, message) => {
    expect(() => validateDataset(set)).toThrow(message);
  });
});
