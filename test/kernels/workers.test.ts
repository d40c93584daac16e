import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import workerThreads from "node:worker_threads";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Machine } from "../../src/kernels/wasm/machine";
import { useMachine } from "../../src/kernels/wasm/useMachine";
import { useBackend } from "../backend";
import { CASES, digests } from "./digests";
import { keepsStart, machineOf, startThreads } from "./machines";
import { WebWorker } from "./webWorker";

const one = CASES.linear!;
let expected: Record<string, string>;
const using = (machine: Machine) => {
  useMachine("simd", machine);
  return digests(one);
};
beforeAll(async () => {
  await useBackend("cpu");
  expected = using(await machineOf());
});

describe("workers of Node", () => {
  const script = fileURLToPath(new URL("fitInThreads.ts", import.meta.url));
  const fit = async (threads: number, where: string) => {
    const program = ["--import", "tsx", script, `${threads}`, where];
    return (await promisify(execFile)(process.execPath, program)).stdout.trim();
  };

  test("change no bit of a training, leave its process when it ends, and have workers of their own", async () => {
    const [alone, ...others] = await Promise.all([fit(1, "main"), fit(3, "main"), fit(2, "worker")]);
    expect(alone).toMatch(/^(relaxed-)?simd [0-9a-f]{64}$/);
    expect(others).toEqual([alone, alone]);
  });

  describe("that fail", () => {
    const { Worker } = workerThreads;
    let started: workerThreads.Worker[];
    /** From now on workers run another source. */
    const replaceSource = (source: (own: string) => string) => {
      started = [];
      workerThreads.Worker = class extends Worker {
        constructor(own: string, options: object) {
          super(source(own), options);
          started.push(this);
        }
      };
    };
    afterEach(() => {
      workerThreads.Worker = Worker;
    });

    test("to be made are done without", async () => {
      replaceSource(() => {
        throw new Error("no more threads");
      });
      const machine = await machineOf();
      machine.threads.count = 3;
      expect([machine.threads.count, machine.threads.all]).toEqual([1, 1]);
      expect(using(machine)).toEqual(expected);
    });

    test("to start are done without", async () => {
      replaceSource(() => 'throw new Error("no such engine")');
      const machine = await machineOf();
      machine.threads.count = 3;
      await Promise.all(started.map((worker) => new Promise((resolve) => worker.on("exit", resolve))));
      expect([machine.threads.count, machine.threads.ready]).toEqual([3, 1]);
      expect(using(machine)).toEqual(expected);
    });

    test("later leave their part to the others", async () => {
      replaceSource((own) => own);
      const machine = await machineOf();
      await startThreads(machine, 3);
      expect(using(machine)).toEqual(expected);
      await started[0]!.terminate();
      expect(using(machine)).toEqual(expected);
      await started[1]!.terminate();
      expect(using(machine)).toEqual(expected);
    });
  });
});

describe("in a page", () => {
  beforeEach(() => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  test("that is not isolated there is one thread", async () => {
    vi.stubGlobal("Worker", WebWorker);
    vi.stubGlobal("crossOriginIsolated", false);
    const machine = await machineOf();
    machine.threads.count = 4;
    expect(machine.threads.count).toBe(1);
    expect(using(machine)).toEqual(expected);
  });

  test("that forbids workers too", async () => {
    vi.stubGlobal("crossOriginIsolated", true);
    vi.stubGlobal("Worker", function forbid() {
      throw new DOMException("refused to create a worker", "SecurityError");
    });
    const machine = await machineOf();
    machine.threads.count = 4;
    expect(machine.threads.count).toBe(1);
  });

  test("that is isolated there are workers, and the main thread stays awake", async () => {
    vi.stubGlobal("Worker", WebWorker);
    vi.stubGlobal("crossOriginIsolated", true);
    vi.spyOn(Atomics, "wait").mockImplementation(() => {
      throw new TypeError("Atomics.wait cannot be called in this context");
    });
    const machine = await machineOf(() => ({ takePart: () => {} }));
    await startThreads(machine, 3);
    expect(using(machine)).toEqual(expected);
    expect(keepsStart(machine, 20_000, 200, 3)).toBe(true);
    expect(Atomics.wait).toHaveBeenCalled();
  });
});
