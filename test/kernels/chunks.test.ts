import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { chunksOf } from "../../src/kernels/wasm/chunks";
import type { Machine } from "../../src/kernels/wasm/machine";
import { machineOf, startThreads } from "./machines";

const MUCH = 1e6;

describe("chunksOf", () => {
  const rows = { grain: 48, cost: MUCH };

  test("for one thread are as few as the grain lets them be", () => {
    expect(chunksOf({ ...rows, count: 256 }, 1)).toEqual({ unit: 6, chunks: 6, tapered: 0 });
    expect(chunksOf({ count: 256, cost: MUCH }, 1).chunks).toBe(1);
  });

  test("for several threads are several for each, if there are rows enough", () => {
    expect(chunksOf({ ...rows, count: 256 }, 2)).toEqual({ unit: 2, chunks: 8, tapered: 1 });
    expect(chunksOf({ ...rows, count: 256 }, 5)).toEqual({ unit: 2, chunks: 15, tapered: 1 });
    expect(chunksOf({ ...rows, count: 96 }, 2)).toEqual({ unit: 2, chunks: 6, tapered: 1 });
    expect(chunksOf({ ...rows, count: 64 }, 2)).toEqual({ unit: 2, chunks: 2, tapered: 0 });
    expect(chunksOf({ ...rows, count: 32 }, 2)).toEqual({ unit: 2, chunks: 2, tapered: 0 });
    expect(chunksOf({ ...rows, count: 3 }, 8)).toEqual({ unit: 2, chunks: 2, tapered: 0 });
    expect(chunksOf({ ...rows, count: 1 }, 8)).toEqual({ unit: 2, chunks: 1, tapered: 0 });
  });

  test("are made for no more threads than there is work for", () => {
    const few = { count: 100, grain: 100, unit: 100 / 4 };
    expect(chunksOf({ ...few, cost: 0 }, 4).chunks).toBe(1);
    expect(chunksOf({ ...few, grain: 50, cost: 2 ** 20 / 100 }, 2).chunks).toBe(4);
    expect(chunksOf({ ...few, cost: MUCH }, 4).chunks).toBe(4);
  });

  test("keep to a unit", () => {
    const some = { count: 600, grain: 600, unit: 8, cost: MUCH };
    expect(chunksOf(some, 2)).toEqual({ unit: 8, chunks: 6, tapered: 1 });
    expect(chunksOf({ ...some, count: 8 }, 2)).toEqual({ unit: 8, chunks: 1, tapered: 0 });
    expect(chunksOf({ ...some, count: 9, grain: 1, unit: 1 }, 2)).toEqual({ unit: 1, chunks: 9, tapered: 0 });
  });
});

describe("a run", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await machineOf();
    await startThreads(machine, 3);
  });

  test("computes every row and no other, however it is split", () => {
    const splits = fc.record({
      count: fc.integer({ min: 1, max: 3000 }),
      grain: fc.integer({ min: 1, max: 3000 }),
      unit: fc.integer({ min: 1, max: 100 }),
      cost: fc.constantFrom(0, MUCH),
    });
    fc.assert(
      fc.property(splits, (split) =>
        machine.call(() => {
          const { count } = split;
          const y = machine.block(8 * (count + 1));
          machine.numbers(y, 8 * (count + 1)).fill(7);
          const [s, x, weight] = [machine.zeros(8), machine.zeros(8), machine.zeros(64)];
          machine.run("linear", { y, n: 8, s, x, k: 8, weight }, split);
          const values = machine.numbers(y, 8 * (count + 1));
          expect(values.subarray(0, 8 * count).every((value) => value === 0)).toBe(true);
          expect(values.subarray(8 * count).every((value) => value === 7)).toBe(true);
        }),
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
