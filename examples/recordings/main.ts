/**
 * One fixed configuration on any recording in the HDF5 layout of `examples/data`: the configuration in which lfads-torch
 * reaches co-bps .129 and velocity R2 .762 on the S1 recording.
 *
 *   npx tsx examples/recordings/main.ts examples/data/s1_reach_50ms.h5 [--batch 256] [--epochs 400] [--seed 0] [--state file]
 *
 * With --state the training state is kept in a file, and the same command goes on where it was stopped.
 */
import { parseArgs } from "node:util";
import { fit } from "lfads";
import { loadHdf5, loadTrainingState, progressBar, saveTrainingState } from "lfads/node";
import { useWasm } from "../shared/backend";
import { recordingModel, recordingTraining, scoreRecording } from "../shared/recording";
import { number, printTable } from "../shared/table";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: "string", default: "256" },
    epochs: { type: "string", default: "400" },
    seed: { type: "string", default: "0" },
    state: { type: "string" },
  },
});
const [path] = positionals;
if (!path || positionals.length > 1) {
  console.error(
    "usage: npx tsx examples/recordings/main.ts <recording.h5> [--batch 256] [--epochs 400] [--seed 0] [--state file]",
  );
  process.exit(2);
}
const seed = Number(values.seed);
const file = values.state;

await useWasm();
const dataset = await loadHdf5(path);
const model = recordingModel(dataset, seed);
const started = performance.now();
const bar = progressBar();
const { best, history, stopReason } = await fit(model, dataset, {
  ...recordingTraining,
  batchSize: Number(values.batch),
  epochs: Number(values.epochs),
  seed,
  onProgress: bar.onProgress,
  ...(file !== undefined && {
    resume: await loadTrainingState(file),
    checkpoint: { save: (state) => saveTrainingState(file, state) },
  }),
});
bar.stop();
const result = await scoreRecording(model, dataset, 0);
console.log();
printTable([
  ["recording", "epochs (best)", "ended by", "minutes", "held-in bits/spike", "co-bps", "velocity R2"],
  [
    path,
    `${history.length} (${best?.epoch ?? "-"})`,
    stopReason,
    number((performance.now() - started) / 60_000, 1),
    number(result.heldIn),
    number(result.coBps),
    number(result.velocity?.r2),
  ],
]);
model.dispose();
