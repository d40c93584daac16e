import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { chunksOf, type Split } from "../../src/kernels/wasm/chunks";
import { Machine } from "../../src/kernels/wasm/machine";
import { machineOf, startThreads } from "./machines";

const MUCH = 1e6;

const chunks = (split: Split, threads: number) => chunksOf(split, threads, Machine.worth);

describe("chunksOf", () => {
  const rows = { grain: 48, cost: MUCH };

  test("for one thread are as few as the grain lets them be", () => {
    expect(chunks({ ...rows, count: 256 }, 1)).toEqual({ unit: 6, chunks: 6, tapered: 0 });
    expect(chunks({ count: 256, cost: MUCH }, 1).chunks).toBe(1);
  });

  test("for several threads are several for each, if there are rows enough", () => {
    expect(chunks({ ...rows, count: 256 }, 2)).toEqual({ unit: 2, chunks: 8, tapered: 1 });
    expect(chunks({ ...rows, count: 256 }, 5)).toEqual({ unit: 2, chunks: 15, tapered: 1 });
    expect(chunks({ ...rows, count: 96 }, 2)).toEqual({ unit: 2, chunks: 6, tapered: 1 });
    expect(chunks({ ...rows, count: 64 }, 2)).toEqual({ unit: 2, chunks: 2, tapered: 0 });
    expect(chunks({ ...rows, count: 32 }, 2)).toEqual({ unit: 2, chunks: 2, tapered: 0 });
    expect(chunks({ ...rows, count: 3 }, 8)).toEqual({ unit: 2, chunks: 2, tapered: 0 });
    expect(chunks({ ...rows, count: 1 }, 8)).toEqual({ unit: 2, chunks: 1, tapered: 0 });
  });

  test("are made for no more threads than there is work for", () => {
    const few = { count: 100, grain: 100, unit: 100 / 4 };
    expect(chunks({ ...few, cost: 0 }, 4).chunks).toBe(1);
    expect(chunks({ ...few, grain: 50, cost: 2 ** 20 / 100 }, 2).chunks).toBe(4);
    expect(chunks({ ...few, cost: MUCH }, 4).chunks).toBe(4);
  });

  test("keep to a unit", () => {
    const some = { count: 600, grain: 600, unit: 8, cost: MUCH };
    expect(chunks(some, 2)).toEqual({ unit: 8, chunks: 6, tapered: 1 });
    expect(chunks({ ...some, count: 8 }, 2)).toEqual({ unit: 8, chunks: 1, tapered: 0 });
    expect(chunks({ ...some, count: 9, grain: 1, unit: 1 }, 2)).toEqual({ unit: 1, chunks: 9, tapered: 0 });
  });
});

test("no chunk is larger than the grain, for which there is scratch memory", () => {
  const splits = fc.record({
    count: fc.integer({ min: 1, max: 20_000 }),
    grain: fc.constantFrom(48, 96),
    threads: fc.integer({ min: 1, max: 64 }),
    cost: fc.constantFrom(0, 1000, MUCH),
  });
  fc.assert(
    fc.property(splits, ({ threads, ...split }) => {
      const { unit, chunks: n, tapered } = chunks(split, threads);
      // As in assembly/run.ts.
      const units = Math.ceil(split.count / unit);
      const start = (i: number) =>
        Math.min(
          split.count,
          unit * Math.floor(tapered ? (units * i * (3 * n - i)) / (2 * n * n) : (units * i) / n),
        );
      const sizes = Array.from({ length: n }, (_, i) => start(i + 1) - start(i));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(split.grain);
      expect(start(n)).toBe(split.count);
    }),
    { seed: 1, numRuns: 20_000 },
  );
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
