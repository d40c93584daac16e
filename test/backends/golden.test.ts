/// <reference types="vite/client" />
import { memory } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { useKernels } from "../../src/kernels";
import { compareFile } from "../parity/parity";
import { BACKEND, takeErrors, useOwnBackend } from "./context";

const GPU = BACKEND === "webgl" || BACKEND === "webgpu";
/** The logarithm and exponential of a GPU may be less exact than those of a processor: by 2^-21 for WGSL. */
const SLACK = GPU ? 5 : 1;
/** One of each kind; `test/parity` holds cpu and wasm to all of them. */
const FEW = ["00_cells", "00b_recons_and_priors", "08d_cd_with_dropout_clip", "16_jitter_and_shift"];

const files = Object.entries(
  import.meta.glob<string>("../fixtures/lfads-torch/*.safetensors", { query: "?inline", import: "default" }),
)
  .map(([path, load]) => ({ name: /(\w+)\.safetensors$/.exec(path)![1]!, load }))
  // 15_tune holds traces of searches, which use no backend.
  .filter(({ name }) => name !== "15_tune" && (inject("full") || FEW.includes(name)));

beforeAll(async () => {
  await useOwnBackend();
  await useKernels({ path: "composed" });
});
afterEach(() => expect(takeErrors()).toEqual([]));

describe(`golden files of lfads-torch on ${BACKEND}`, () => {
  test.for(files)("$name", async ({ name, load }, { task }) => {
    const bytes = await (await fetch(await load())).arrayBuffer();
    const tensors = memory().numTensors;
    const { misses, largest } = (await compareFile(name, new Uint8Array(bytes), SLACK))!;
    task.meta.difference = largest;
    expect(misses).toEqual([]);
    expect(memory().numTensors).toBe(tensors);
  });
});
