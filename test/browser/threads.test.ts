import { afterEach, describe, expect, test, vi } from "vitest";
import { commands } from "vitest/browser";
import { useMachine } from "../../src/kernels/wasm/useMachine";
import { useBackend } from "../backend";
import { CASES, digests } from "../kernels/digests";
import { machineOf, startThreads } from "../kernels/machines";
import type { Platform } from "./search";
import { training } from "./training";

afterEach(() => void vi.unstubAllGlobals());

describe("two threads in a page, or one if it may not share memory", () => {
  test.each(["simd", "relaxed-simd"] as const)("train with the bits of Node on %s", async (path) => {
    const platform: Platform = { backend: "cpu", path, threads: 2 };
    let started = 0;
    const { Worker } = globalThis;
    vi.stubGlobal(
      "Worker",
      class extends Worker {
        constructor(url: string | URL) {
          super(url);
          started++;
        }
      },
    );
    const inNode = commands.inNode("trainingInNode.ts", JSON.stringify({ ...platform, threads: 1 }));
    expect(await training(platform)).toBe(await inNode);
    expect(started).toBe(crossOriginIsolated ? 1 : 0);
  });

  test.each(["cpu", "wasm"])("run the operations of one thread with the same bits on %s", async (backend) => {
    await useBackend(backend);
    useMachine("simd", await machineOf());
    const alone = Object.values(CASES).map(digests);
    // The workers do all that the page leaves to them.
    const lazy = await machineOf(() => ({ takePart: () => {} }));
    lazy.threads.count = 3;
    expect(lazy.threads.count).toBe(crossOriginIsolated ? 3 : 1);
    await startThreads(lazy, lazy.threads.count);
    useMachine("simd", lazy);
    expect(Object.values(CASES).map(digests)).toEqual(alone);
  });
});
