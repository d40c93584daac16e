import { describe, expect, test } from "vitest";
import { ndarray, sampleValidationMask, selectTrials, splitTrials, type TrialSet } from "../../src/data";
import { RandomStream } from "../../src/random";

const COUNT = 23;
/** Every number in the arrays of trial i is i. */
const trials: TrialSet = {
  encode: rows(new Uint8Array(COUNT * 6), [COUNT, 3, 2]),
  reconstruct: rows(new Float32Array(COUNT * 12), [COUNT, 4, 3]),
  externalInputs: rows(new Float64Array(COUNT * 4), [COUNT, 4, 1]),
  truth: rows(new Float32Array(COUNT * 12), [COUNT, 4, 3]),
  extras: { inds: rows(new Int32Array(COUNT), [COUNT]) },
};
function rows<D extends Uint8Array | Int32Array | Float32Array | Float64Array>(data: D, shape: number[]) {
  return ndarray(data.map((_, i) => Math.floor((i * COUNT) / data.length)) as D, shape);
}
const indices = (set: TrialSet) => Array.from(set.extras!.inds!.data);

describe("selectTrials", () => {
  test("selects the same trials of every array, in order and with repeats", () => {
    const { encode, reconstruct, externalInputs, truth, extras } = selectTrials(trials, [5, 0, 5]);
    for (const array of [encode, reconstruct, externalInputs!, truth!, extras!.inds!]) {
      const size = array.data.length / 3;
      expect(Array.from(array.data)).toEqual([5, 0, 5].flatMap((i) => new Array(size).fill(i)));
    }
    expect(encode.shape).toEqual([3, 3, 2]);
    expect(encode.data).toBeInstanceOf(Uint8Array);
    expect(externalInputs!.data).toBeInstanceOf(Float64Array);
  });

  test("makes copies and adds no fields", () => {
    const { encode, reconstruct } = trials;
    const selected = selectTrials({ encode, reconstruct }, [1]);
    expect(Object.keys(selected)).toEqual(["encode", "reconstruct"]);
    selected.encode.data[0] = 99;
    expect(encode.data[6]).toBe(1);
  });

  test.each([[-1], [COUNT], [0.5], [Number.NaN]])("refuses index %s", (index) => {
    expect(() => selectTrials(trials, [0, index])).toThrow(
      `selectTrials: indices must be whole numbers from 0 to 22, got ${index}`,
    );
  });
});

describe("splitTrials", () => {
  test("takes every fifth trial for validation unless told otherwise", () => {
    expect(indices(splitTrials(trials).valid)).toEqual([4, 9, 14, 19]);
    expect(indices(splitTrials(trials, { validEvery: 10 }).valid)).toEqual([9, 19]);
  });

  test("takes a random fraction; every trial is in one set, in order; the stream decides", () => {
    const split = (seed: number) =>
      splitTrials(trials, { validFraction: 0.3, stream: RandomStream.fromSeed(seed) });
    const { train, valid } = split(1);
    expect(indices(valid)).toHaveLength(7); // 6.9
    expect([...indices(train), ...indices(valid)].sort((a, b) => a - b)).toEqual(
      Array.from(Array(COUNT).keys()),
    );
    for (const set of [train, valid]) expect(indices(set)).toEqual([...indices(set)].sort((a, b) => a - b));
    expect(indices(split(1).valid)).toEqual(indices(valid));
    expect(indices(split(2).valid)).not.toEqual(indices(valid));
  });

  test("all trials are equally likely", () => {
    const stream = RandomStream.fromSeed(0);
    const hits = new Array(COUNT).fill(0);
    for (let i = 0; i < 2000; i++) {
      for (const trial of indices(splitTrials(trials, { validFraction: 0.3, stream }).valid)) hits[trial]++;
    }
    const expected = (2000 * 7) / COUNT;
    for (const hit of hits) expect(Math.abs(hit - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test("refuses empty sets and contradictions", () => {
    const stream = RandomStream.fromSeed(0);
    expect(() => splitTrials(trials, { validEvery: 24 })).toThrow(
      "splitTrials: both sets need a trial, got 23 for training and 0 for validation",
    );
    expect(() => splitTrials(trials, { validFraction: 0.01, stream })).toThrow("23 for training and 0");
    expect(() => splitTrials(trials, { validFraction: 0.99, stream })).toThrow("0 for training and 23");
    expect(() => splitTrials(trials, { validEvery: 1 })).toThrow(
      "validEvery must be a whole number from 2, got 1",
    );
    expect(() => splitTrials(trials, { validFraction: 1, stream })).toThrow("above 0 and below 1, got 1");
    const both = { validEvery: 5, validFraction: 0.2, stream };
    expect(() => splitTrials(trials, both)).toThrow("give validEvery or validFraction, got both");
  });
});

describe("sampleValidationMask", () => {
  test("holds each element out with the probability, the same ones for the same seed", () => {
    const shape = [100, 50, 20];
    const mask = sampleValidationMask(shape, { rate: 0.2, seed: 7 });
    expect(mask.shape).toEqual(shape);
    expect(new Set(mask.data)).toEqual(new Set([0, 1]));
    const heldIn = mask.data.reduce((sum, x) => sum + x, 0);
    expect(Math.abs(heldIn - 80_000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.2 * 0.8));
    expect(sampleValidationMask(shape, { rate: 0.2, seed: 7 })).toEqual(mask);
    expect(sampleValidationMask(shape, { rate: 0.2, seed: "7/valid" }).data).not.toEqual(mask.data);
  });

  test("rate 0 holds all in; other rates are refused", () => {
    expect(sampleValidationMask([2, 2], { rate: 0, seed: 0 }).data).toEqual(new Float32Array(4).fill(1));
    for (const rate of [-0.1, 1, Number.NaN]) {
      expect(() => sampleValidationMask([2], { rate, seed: 0 })).toThrow(
        `sampleValidationMask: rate must be from 0 and below 1, got ${rate}`,
      );
    }
  });
});
