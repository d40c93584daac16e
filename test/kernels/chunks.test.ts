import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { chunksOf } from "../../src/kernels/wasm/chunks";
import type { Machine } from "../../src/kernels/wasm/machine";
import { machineOf } from "./machines";

const MUCH = 1e6;

describe("chunksOf", () => {
  test("are as many for each thread, of a size that products are fast in", () => {
    const rows = { grain: 48, unit: 1, cost: MUCH };
    expect(chunksOf({ ...rows, count: 256 }, 2)).toEqual({ unit: 6, chunks: 6 });
    expect(chunksOf({ ...rows, count: 256 }, 5)).toEqual({ unit: 2, chunks: 10 });
    expect(chunksOf({ ...rows, count: 32 }, 2)).toEqual({ unit: 2, chunks: 2 });
    expect(chunksOf({ ...rows, count: 3 }, 8)).toEqual({ unit: 2, chunks: 2 });
    expect(chunksOf({ ...rows, count: 1 }, 8)).toEqual({ unit: 2, chunks: 1 });
  });

  test("are made for no more threads than there is work for", () => {
    const rows = { count: 100, grain: 100, unit: 1 };
    expect(chunksOf({ ...rows, cost: 0 }, 4).chunks).toBe(1);
    expect(chunksOf({ ...rows, cost: 2 ** 20 / 100 }, 4).chunks).toBe(2);
    expect(chunksOf({ ...rows, cost: MUCH }, 4).chunks).toBe(4);
  });

  test("keep to a unit", () => {
    const rows = { count: 600, grain: 600, unit: 8, cost: MUCH };
    expect(chunksOf(rows, 2)).toEqual({ unit: 8, chunks: 2 });
    expect(chunksOf({ ...rows, count: 8 }, 2)).toEqual({ unit: 8, chunks: 1 });
    expect(chunksOf({ ...rows, count: 70_000, grain: 16_384, unit: 16_384 }, 2)).toEqual({
      unit: 16_384,
      chunks: 5,
    });
  });
});

describe("a run", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await machineOf();
  });

  test("computes every row and no other, however it is split", () => {
    const splits = fc.record({
      count: fc.integer({ min: 1, max: 3000 }),
      grain: fc.integer({ min: 1, max: 3000 }),
      unit: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(splits, (split) =>
        machine.call(() => {
          const { count } = split;
          const y = machine.block(8 * (count + 1));
          machine.numbers(y, 8 * (count + 1)).fill(7);
          const [s, x, weight] = [machine.zeros(8), machine.zeros(8), machine.zeros(64)];
          machine.run("linear", { y, n: 8, s, x, k: 8, weight }, { ...split, cost: 0 });
          const values = machine.numbers(y, 8 * (count + 1));
          expect(values.subarray(0, 8 * count).every((value) => value === 0)).toBe(true);
          expect(values.subarray(8 * count).every((value) => value === 7)).toBe(true);
        }),
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
