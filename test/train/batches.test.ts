import { beforeAll, describe, expect, test } from "vitest";
import { ndarray } from "../../src/data";
import { RandomStream } from "../../src/random";
import { batchCount, batchIndices, hasMissing, uploadBatches } from "../../src/train/batches";
import { useBackend } from "../backend";
import { numberedTrials } from "./support";

beforeAll(() => useBackend("cpu"));

const session = (trials: number, channels = 2) => {
  const counts = numberedTrials(trials, 3, channels);
  return { trials: { encode: counts, reconstruct: counts } };
};
const rows = (sessions: Parameters<typeof batchIndices>[0], size: number, shuffle?: RandomStream) =>
  Array.from({ length: batchCount(sessions, size) }, (_, batch) =>
    batchIndices(sessions, size, batch, shuffle).map((indices) => Array.from(indices)),
  );

describe("batches of one session", () => {
  test("all trials in their order, the last batch smaller", () => {
    expect(rows([session(5)], 2)).toEqual([[[0, 1]], [[2, 3]], [[4]]]);
    expect(rows([session(4)], 2)).toEqual([[[0, 1]], [[2, 3]]]);
    expect(rows([session(3)], 100)).toEqual([[[0, 1, 2]]]);
  });

  test("shuffled, all trials once; the stream decides on the order", () => {
    const shuffled = (seed: number) => rows([session(50)], 8, RandomStream.fromSeed(seed)).flat(2);
    expect([...shuffled(1)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(shuffled(1)).toEqual(shuffled(1));
    expect(shuffled(1)).not.toEqual(shuffled(2));
    expect(shuffled(1)).not.toEqual([...shuffled(1)].sort((a, b) => a - b));
  });
});

describe("batches of several sessions", () => {
  test("a share each; shorter sessions start again until the longest is done", () => {
    expect(rows([session(5), session(2), session(3)], 6)).toEqual([
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      [[2, 3], [0, 1], [2]],
      [[4], [0, 1], [0, 1]],
    ]);
  });

  test("shares are rounded down, but are a trial at least", () => {
    expect(rows([session(4), session(4)], 5)).toEqual([
      [
        [0, 1],
        [0, 1],
      ],
      [
        [2, 3],
        [2, 3],
      ],
    ]);
    expect(rows([session(2), session(1)], 1)).toEqual([
      [[0], [0]],
      [[1], [0]],
    ]);
  });

  test("every session has an order of its own, the same each time it starts again", () => {
    const batches = rows([session(30), session(30), session(10)], 30, RandomStream.fromSeed(3));
    const [first, second, third] = [0, 1, 2].map((i) => batches.map((batch) => batch[i]!));
    expect(first!.flat()).not.toEqual(second!.flat());
    expect(third!.map((indices) => `${indices}`)).toEqual(Array(3).fill(`${third![0]}`));
  });
});

test("uploadBatches takes the same rows of everything, session by session", () => {
  const inputs = ndarray(Float32Array.of(0, 10, 20, 30), [4, 1, 1]);
  const heldIn = ndarray(
    Float32Array.from({ length: 24 }, (_, i) => i % 2),
    [4, 3, 2],
  );
  const first = { trials: { ...session(4).trials, externalInputs: inputs }, heldIn };
  const [a, b] = uploadBatches([first, session(2, 5)], [Uint32Array.of(3, 1), Uint32Array.of(0)]);
  expect([a!.session, b!.session]).toEqual([0, 1]);
  expect(Array.from(a!.encode.dataSync()).filter((_, i) => i % 6 === 0)).toEqual([3, 1]);
  expect(a!.reconstruct.dataSync()).toEqual(a!.encode.dataSync());
  expect(Array.from(a!.externalInputs!.dataSync())).toEqual([30, 10]);
  expect(a!.heldIn!.shape).toEqual([2, 3, 2]);
  expect([b!.encode.shape, b!.externalInputs, b!.heldIn]).toEqual([[1, 3, 5], undefined, undefined]);
});

test("hasMissing looks at input and target", () => {
  const counts = numberedTrials(2);
  const holed = { ...counts, data: counts.data.map((value, i) => (i === 7 ? Number.NaN : value)) };
  expect(hasMissing({ encode: counts, reconstruct: counts })).toBe(false);
  expect(hasMissing({ encode: holed, reconstruct: counts })).toBe(true);
  expect(hasMissing({ encode: counts, reconstruct: holed })).toBe(true);
});
