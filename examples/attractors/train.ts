/**
 * Trains one model, or goes on with its training. `main.ts` runs it for each of its models.
 *
 *   npx tsx examples/attractors/train.ts [--system arneodo] [--generator neuralOde] [--size 3] [--seed 0] [--epochs 700]
 *                                        [--data <file.h5>] [--out out/attractors]
 */
import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fit, type TrainingState, useKernels } from "lfads";
import { loadTrainingState, progressBar, saveTrainingState } from "lfads/node";
import { useWasm } from "../shared/backend";
import { saveSeconds, secondsOf } from "./seconds";
import {
  dataOf,
  generatorNames,
  modelOf,
  nameOf,
  oneOf,
  optionsOf,
  systemNames,
  type Training,
} from "./training";

const { values } = parseArgs({
  options: {
    system: { type: "string", default: "arneodo" },
    generator: { type: "string", default: "neuralOde" },
    size: { type: "string", default: "3" },
    seed: { type: "string", default: "0" },
    epochs: { type: "string", default: "700" },
    data: { type: "string" },
    out: { type: "string", default: "out/attractors" },
  },
});

async function train(training: Training, file: string, resume: TrainingState | undefined): Promise<void> {
  const before = await secondsOf(file);
  const save = async (state: TrainingState) => {
    await saveTrainingState(file, state);
    const { user, system } = process.cpuUsage();
    await saveSeconds(file, before + (user + system) / 1e6);
  };
  await useWasm();
  await useKernels({ threads: 1 });
  const data = await dataOf(training);
  const model = modelOf(training, data);
  const bar = progressBar();
  const { state } = await fit(model, data, {
    ...optionsOf(training),
    resume,
    checkpoint: { everyEpochs: 10, save },
    onProgress: bar.onProgress,
  });
  bar.stop();
  await save(state);
  model.dispose();
}

const training: Training = {
  system: oneOf("system", values.system, systemNames),
  generator: oneOf("generator", values.generator, generatorNames),
  size: Number(values.size),
  seed: Number(values.seed),
  epochs: Number(values.epochs),
  data: values.data,
};
await mkdir(values.out, { recursive: true });
const file = `${values.out}/${nameOf(training)}.safetensors`;
const resume = await loadTrainingState(file);
if (!resume || resume.history.length < training.epochs) await train(training, file, resume);
