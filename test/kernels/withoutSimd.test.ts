import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { kernelPath, useKernels } from "../../src/kernels";
import { sharedMemory } from "../../src/kernels/wasm/memory";
import { useBackend } from "../backend";
import { tinyData, trainOn } from "../train/support";

describe("an engine without SIMD", () => {
  beforeAll(async () => {
    await useBackend("cpu");
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  });

  test("trains composed, and says so", async () => {
    const { state } = await trainOn(tinyData(), { epochs: 1 });
    expect(state.kernelPath).toBe("composed");
    expect(await useKernels({ threads: 2 })).toBe("composed");
    expect(kernelPath()).toBe("composed");
  });

  test.each(["simd", "relaxed-simd"] as const)("cannot be asked for %s", async (path) => {
    await expect(useKernels({ path })).rejects.toThrow(
      `useKernels: this engine cannot run the path "${path}"`,
    );
  });

  test("cannot resume what was made with it, and names both", async () => {
    const { state } = await trainOn(tinyData(), { epochs: 1 });
    const resumed = trainOn(tinyData(), { epochs: 2, resume: { ...state, kernelPath: "simd" } });
    await expect(resumed).rejects.toThrow(
      'fit: the state was made on the path "simd", which cannot run here, where "composed" is the fastest',
    );
    const composed = await trainOn(tinyData(), { epochs: 2, resume: state });
    expect(composed.stopReason).toBe("epochs");
  });
});

describe("shared memory", () => {
  const { Memory } = WebAssembly;
  afterEach(() => {
    WebAssembly.Memory = Memory;
  });
  /** From now on the engine grants so many pages. */
  const grant = (pages: number) => {
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (descriptor.maximum! > pages) throw new RangeError("could not allocate memory");
        super(descriptor);
      }
    };
  };

  test.each([2048, 1024])("is bounded by what the engine grants, %d pages", (pages) => {
    grant(pages);
    const memory = sharedMemory();
    memory.grow(pages - 16);
    expect(() => memory.grow(1)).toThrow(RangeError);
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test("must be more than nothing", () => {
    grant(512);
    expect(sharedMemory).toThrow("could not allocate memory");
  });
});
