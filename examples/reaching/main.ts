/**
 * The main job: LFADS on spikes from somatosensory cortex of a reaching monkey. Prints how its rates compare with smoothing
 * and writes rates, model and a report with pictures.
 *
 *   npm start -- [--data file.h5] [--out out] [--epochs 120] [--samples 50] [--seed 0]
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fit, saveLfadsTorch, smoothingBaseline } from "lfads";
import { writeHdf5Arrays } from "lfads/hdf5";
import { loadHdf5, progressBar, writeFileAtomically } from "lfads/node";
import { useWasm } from "../shared/backend";
import { recordingModel, recordingTraining, scoreRecording } from "../shared/recording";
import { number, printTable } from "../shared/table";
import { reachingReport } from "./report";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: fileURLToPath(new URL("../data/s1_reach_50ms.h5", import.meta.url)) },
    out: { type: "string", default: "out" },
    epochs: { type: "string", default: "120" },
    samples: { type: "string", default: "50" },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const samples = Number(values.samples);

await useWasm();
const dataset = await loadHdf5(values.data);
const [trials, bins, heldIn] = dataset.train.encode.shape as [number, number, number];
const channels = dataset.train.reconstruct.shape[2]!;
console.log(
  `${trials} training and ${dataset.valid.encode.shape[0]} validation trials of ${bins} bins; ` +
    `${heldIn} channels held in, ${channels - heldIn} held out`,
);

console.log("smoothing ...");
const smoothing = smoothingBaseline(dataset);

console.log("training LFADS ...");
const started = performance.now();
const model = recordingModel(dataset, seed);
const bar = progressBar();
const training = await fit(model, dataset, {
  ...recordingTraining,
  batchSize: 256,
  epochs: Number(values.epochs),
  seed,
  onProgress: bar.onProgress,
});
bar.stop();
const seconds = (performance.now() - started) / 1000;

console.log(`inferring rates from ${samples} posterior samples ...`);
const result = await scoreRecording(model, dataset, samples);

console.log();
printTable([
  ["validation trials", "held-in bits/spike", "co-bps", "velocity R2"],
  [
    "smoothing",
    number(smoothing.heldInBps.score),
    number(smoothing.coBps?.score),
    number(smoothing.velocityR2?.score),
  ],
  ["LFADS", number(result.heldIn), number(result.coBps), number(result.velocity?.r2)],
]);
console.log();

await mkdir(values.out, { recursive: true });
const write = async (name: string, content: Uint8Array | string) => {
  const path = `${values.out}/${name}`;
  await writeFileAtomically(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  console.log(`wrote ${path}`);
};
await write(
  "rates.h5",
  await writeHdf5Arrays(
    {
      train_output_params: result.train.rates,
      train_factors: result.train.factors,
      train_gen_inputs: result.train.generatorInputs,
      valid_output_params: result.valid.rates,
      valid_factors: result.valid.factors,
      valid_gen_inputs: result.valid.generatorInputs,
    },
    { note: "output_params: rates in spikes per bin, means over posterior samples" },
  ),
);
await write("model.safetensors", await saveLfadsTorch(model));
await write("report.html", reachingReport({ dataset, smoothing, training, result, seconds, samples }));
model.dispose();
