import { tensor } from "@tensorflow/tfjs-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { kernelPath, useKernels } from "../../src/kernels";
import { loadRecordedPath } from "../../src/kernels/paths";
import { infer } from "../../src/model";
import { linear } from "../../src/ops";
import { type KernelPath, onPath } from "../../src/ops/kernelPath";
import type { Progress } from "../../src/train";
import { useBackend } from "../backend";
import { differences, THREE_BATCHES, tinierModel, tinyData, trainOn } from "../train/support";

beforeAll(() => useBackend("cpu"));

/** In order: what Node 20 has by itself is known before relaxed SIMD is allowed. */
describe("without a choice", () => {
  test("operations that are called directly are composed", () => {
    expect(kernelPath()).toBe("composed");
  });

  test("a training chooses, tells and records its path, and leaves that of direct calls alone", async () => {
    const seen: Progress[] = [];
    const onProgress = (progress: Progress) => {
      expect(kernelPath()).toBe("composed");
      seen.push(progress);
    };
    const { state } = await trainOn(tinyData(), { epochs: 1, onProgress });
    expect(state.kernelPath).toMatch(/simd$/);
    expect(new Set(seen.map((progress) => progress.kernelPath))).toEqual(new Set([state.kernelPath]));
  });
});

describe("useKernels", () => {
  afterEach(() => useKernels({ path: "composed" }));

  test("holds for direct calls and for trainings", async () => {
    for (const path of ["simd", "relaxed-simd", "composed"] as const) {
      expect(await useKernels({ path })).toBe(path);
      expect(kernelPath()).toBe(path);
      expect((await trainOn(tinyData(), { epochs: 1 })).state.kernelPath).toBe(path);
    }
  });

  test.each<[object, string]>([
    [{ path: "fused" }, 'path must be one of composed, simd, relaxed-simd, got "fused"'],
    [{ threads: 0 }, "threads must be a positive integer, got 0"],
    [{ threads: 1.5 }, "threads must be a positive integer, got 1.5"],
  ])("refuses %j", async (options, message) => {
    await expect(useKernels(options)).rejects.toThrow(`useKernels: ${message}`);
    expect(kernelPath()).toBe("composed");
  });
});

describe("onPath", () => {
  const values = () => {
    const y = linear(tensor([[1.1, 2.2, 3.3]]), tensor([[0.7, 0.6, 0.5]]));
    return y.dataSync()[0];
  };

  test("holds within its body, also within another one, and ends with an error", async () => {
    await loadRecordedPath("relaxed-simd");
    onPath("simd", () => {
      expect(kernelPath()).toBe("simd");
      expect(onPath("relaxed-simd", kernelPath)).toBe("relaxed-simd");
      expect(() =>
        onPath("composed", () => {
          throw new Error("stop");
        }),
      ).toThrow("stop");
      expect(kernelPath()).toBe("simd");
      expect(values()).toBeCloseTo(3.74, 5);
    });
    expect(kernelPath()).toBe("composed");
  });
});

describe("a state's path", () => {
  const paths: readonly KernelPath[] = ["composed", "simd", "relaxed-simd"];
  const run = (path: KernelPath, epochs: number) =>
    useKernels({ path }).then(() => trainOn(tinyData(), { ...THREE_BATCHES, epochs }));
  afterAll(() => useKernels({ path: "composed" }));

  test.each(paths)("is kept, %s whatever others are chosen since", async (path) => {
    const whole = await run(path, 2);
    const { state } = await run(path, 1);
    for (const other of paths) {
      await useKernels({ path: other });
      const resumed = await trainOn(tinyData(), { ...THREE_BATCHES, epochs: 2, resume: state });
      expect(resumed.state.kernelPath).toBe(path);
      expect(differences(resumed.state, whole.state)).toEqual([]);
    }
  });

  test("trainings on different ones do not disturb each other", async () => {
    const alone = await Promise.all(paths.map((path) => run(path, 0)));
    const whole: Awaited<ReturnType<typeof run>>[] = [];
    for (const path of paths) whole.push(await run(path, 3));
    const resume = alone.map(({ state }, i) => ({ ...state, kernelPath: paths[i]! }));
    const together = await Promise.all(
      resume.map((state) => trainOn(tinyData(), { ...THREE_BATCHES, epochs: 3, resume: state })),
    );
    together.forEach(({ state }, i) => {
      expect(state.kernelPath).toBe(paths[i]);
      expect(differences(state, whole[i]!.state)).toEqual([]);
    });
    expect(differences(together[0]!.state, together[1]!.state)).not.toEqual([]);
  });
});

test("an inference keeps to the path that it started on", async () => {
  const model = tinierModel({ generator: { units: 33 } });
  const rates = async (path: KernelPath, then: KernelPath) => {
    await useKernels({ path });
    const changes: Promise<KernelPath>[] = [];
    const onProgress = () => void changes.push(useKernels({ path: then }));
    const inferred = await infer(model, tinyData().valid, { samples: 20, batchSize: 1, onProgress });
    await Promise.all(changes);
    expect(kernelPath()).toBe(then);
    return inferred.rates.data;
  };
  const [simd, composed] = [await rates("simd", "simd"), await rates("composed", "composed")];
  expect(await rates("simd", "composed")).toEqual(simd);
  expect(composed).not.toEqual(simd);
  model.dispose();
});
