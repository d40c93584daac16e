import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { recordingModel } from "../../examples/shared/recording";
import { infer, loadLfadsTorch } from "../../src";
import { readHdf5Arrays } from "../../src/hdf5";
import { loadHdf5 } from "../../src/node";
import { useBackend } from "../backend";
import { expectReport, inFolder, rowOf, succeed } from "./runExample";

const recording = fileURLToPath(new URL("../../examples/data/s1_reach_50ms.h5", import.meta.url));

test("the main job prints its scores and writes rates, model and report", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/new/out`;
    const output = await succeed("reaching", ["--epochs", "1", "--samples", "2", "--out", out]);

    expect(output).toContain(
      "1248 training and 311 validation trials of 20 bins; 39 channels held in, 13 held out",
    );
    const scores = rowOf(output, "LFADS").map(Number);
    expect([scores.length, scores.every((score) => Math.abs(score) < 2)]).toEqual([3, true]);
    // The baseline does not depend on the training.
    expect(rowOf(output, "smoothing").map(Number)).toEqual([0.162, 0.1, 0.643]);
    expect((await readdir(out)).sort()).toEqual(["model.safetensors", "rates.h5", "report.html"]);
    expectReport(await readFile(`${out}/report.html`, "utf8"), "LFADS on reaching movements", 10);

    const { arrays } = await readHdf5Arrays(await readFile(`${out}/rates.h5`));
    const shapes = Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual({
      train_output_params: [1248, 20, 52],
      train_factors: [1248, 20, 40],
      train_gen_inputs: [1248, 20, 4],
      valid_output_params: [311, 20, 52],
      valid_factors: [311, 20, 40],
      valid_gen_inputs: [311, 20, 4],
    });
    expect(arrays.train_output_params!.data.every((rate) => rate > 0 && rate < 100)).toBe(true);

    // Its model is the one that inferred its rates.
    await useBackend("wasm");
    const dataset = await loadHdf5(recording);
    const model = recordingModel(dataset, 9);
    loadLfadsTorch(model, await readFile(`${out}/model.safetensors`));
    const { rates, factors } = await infer(model, dataset.valid, { samples: 2 });
    model.dispose();
    expect(Buffer.from(rates.data.buffer).equals(bytesOf(arrays.valid_output_params!.data))).toBe(true);
    expect(Buffer.from(factors.data.buffer).equals(bytesOf(arrays.valid_factors!.data))).toBe(true);
  });
});

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
