import { beforeAll, describe, expect, test } from "vitest";
import { allowRelaxedSimd } from "../../src/kernels/wasm/builds";
import { fieldsOf } from "../../src/kernels/wasm/layouts";
import type { Machine } from "../../src/kernels/wasm/machine";
import { useMachine } from "../../src/kernels/wasm/useMachine";
import { useBackend } from "../backend";
import { CASES, digests } from "./digests";
import { keepsStart, machineOf, startThreads } from "./machines";

const { taken: TAKEN, given: GIVEN, done: DONE } = fieldsOf("Run");

describe.each(["cpu", "wasm"])("threads on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(["simd", "relaxed-simd"] as const)(
    "any number of them gives the same bits, outputs and gradients, on %s",
    async (build) => {
      allowRelaxedSimd();
      const machine = await machineOf(() => ({}), { build });
      useMachine("simd", machine);
      for (const [name, one] of Object.entries(CASES)) {
        await startThreads(machine, 1);
        const expected = digests(one);
        for (const threads of [2, 3, 5]) {
          await startThreads(machine, threads);
          for (let i = 0; i < 3; i++)
            expect(digests(one), `${name} with ${threads} threads`).toEqual(expected);
        }
      }
    },
  );
});

describe("a worker", () => {
  beforeAll(() => useBackend("cpu"));

  test("does all that the caller leaves", async () => {
    const alone = await machineOf();
    useMachine("simd", alone);
    const expected = Object.values(CASES).map(digests);
    const lazy = await machineOf(() => ({ takePart: () => {} }));
    await startThreads(lazy, 2);
    useMachine("simd", lazy);
    expect(Object.values(CASES).map(digests)).toEqual(expected);
    await startThreads(lazy, 4);
    expect(Object.values(CASES).map(digests)).toEqual(expected);
  });

  test("sees a memory that grows", async () => {
    const machine = await machineOf(() => ({ takePart: () => {} }));
    await startThreads(machine, 3);
    for (let i = 0; i < 40; i++) expect(keepsStart(machine, 500, 200 + 40 * i, i)).toBe(true);
  });
});

describe("what goes wrong", () => {
  beforeAll(() => useBackend("cpu"));

  const split = { count: 100, grain: 50, unit: 50, cost: 1e6 };
  /** Matrices beyond the memory. */
  const wrong = { y: -64, n: 8, s: -64, x: -64, xStep: 32, k: 8, weight: 0 };
  const right = (machine: Machine) => ({
    ...{ y: machine.block(800), n: 8, s: machine.zeros(8) },
    ...{ x: machine.zeros(800), xStep: 32, k: 8, weight: machine.zeros(64) },
  });
  const failure = (machine: Machine, args: typeof wrong): Error => {
    try {
      machine.call(() => machine.run("linear", args, split));
    } catch (error) {
      return error as Error;
    }
    throw new Error("nothing failed");
  };
  /** The machine has no workers any more, and computes what another one does. */
  const goesOnAlone = async (machine: Machine) => {
    expect([machine.threads.ready, machine.threads.all, machine.arena.used]).toEqual([1, 1, 0]);
    useMachine("simd", machine);
    const alone = digests(CASES.linear!);
    useMachine("simd", await machineOf());
    expect(alone).toEqual(digests(CASES.linear!));
  };

  test("in the caller is its error, after the others have done their parts", async () => {
    const machine = await machineOf();
    await startThreads(machine, 2);
    const error = failure(machine, wrong);
    expect(error.message).toBe("kernels: linear failed in a thread");
    expect(error.cause).toBeInstanceOf(WebAssembly.RuntimeError);
    await goesOnAlone(machine);
  });

  test("in a worker is an error of the caller", async () => {
    const machine = await machineOf((memory) => ({
      // Leaves the first chunk to the worker, and says that it has done the other.
      takePart: (run) => {
        const words = new Int32Array(memory.buffer, run);
        while (Atomics.load(words, TAKEN) === 0);
        while (Atomics.load(words, TAKEN) < 2) Atomics.compareExchange(words, TAKEN, 1, 2);
        Atomics.add(words, DONE, 1);
      },
    }));
    await startThreads(machine, 2);
    const error = failure(machine, wrong);
    expect([error.message, error.cause]).toEqual(["kernels: linear failed in a thread", undefined]);
    await goesOnAlone(machine);
  });

  test("a chunk whose end nobody tells is waited for, but not forever", async () => {
    const machine = await machineOf(
      (memory) => ({
        // Leaves all to the worker, and takes back that one chunk is done.
        takePart: (run) => {
          const words = new Int32Array(memory.buffer, run);
          while (Atomics.load(words, DONE) !== Atomics.load(words, GIVEN));
          Atomics.sub(words, DONE, 1);
        },
      }),
      { patience: 150 },
    );
    await startThreads(machine, 2);
    expect(failure(machine, right(machine)).message).toBe(
      "kernels: linear must be done, a thread has not answered for 150 ms",
    );
    await goesOnAlone(machine);
    await startThreads(machine, 3);
    expect(machine.threads.all).toBe(3);
  });
});
