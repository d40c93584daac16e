/**
 * A training that keeps its state in a file after every batch, to be killed and started again:
 *
 *   node --import tsx test/train/killable.ts <state file> <backend>
 *
 * Prints a line after every batch, with epoch and batch.
 */

import { loadTrainingState, saveTrainingState } from "../../src/node/trainingStateFile";
import { fit } from "../../src/train";
import { useBackend } from "../backend";
import { THREE_BATCHES, tinyData, tinyModel } from "./support";

const [path, backend] = process.argv.slice(2);
if (!path || !backend) throw new Error("usage: killable.ts <state file> <backend>");
await useBackend(backend);
const model = tinyModel();
await fit(model, tinyData(), {
  ...THREE_BATCHES,
  epochs: 6,
  sampleValidation: { rate: 0.2 },
  resume: await loadTrainingState(path),
  checkpoint: { everyBatches: 1, save: (state) => saveTrainingState(path, state) },
  onProgress: ({ epoch, batch }) => void (batch > 0 && process.stdout.write(`${epoch} ${batch}\n`)),
});
model.dispose();
