import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { useKernels } from "../../src/kernels";
import { useBackend } from "../backend";
import { compareFile } from "./parity";

const folder = fileURLToPath(new URL("../fixtures/lfads-torch/", import.meta.url));
// 15_tune holds traces of schedules and searches, which have tests of their own.
const files = readdirSync(folder).filter((name) => name.endsWith(".safetensors") && !name.startsWith("15_"));

describe.each([
  ["cpu", "composed"],
  ["cpu", "simd"],
  ["cpu", "relaxed-simd"],
  ["wasm", "composed"],
  ["wasm", "simd"],
  ["wasm", "relaxed-simd"],
] as const)("golden files of lfads-torch on %s, %s", (backend, path) => {
  beforeAll(async () => {
    await useBackend(backend);
    await useKernels({ path });
  });

  test.each(files)("%s", async (name) => {
    const tensors = memory().numTensors;
    const result = await compareFile(name, readFileSync(folder + name));
    expect(result?.misses).toEqual([]);
    expect(memory().numTensors).toBe(tensors);
  });
});
