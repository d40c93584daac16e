/**
 * The table of docs/results.md, one training at a time.
 *
 *   npm run results -- <s1|stevenson|macaque|lorenz> <file.h5> [--seed 0] [--threads n] [--epochs 1000] [--out out/results]
 *   npm run results -- [--out out/results]
 *
 * The first trains one set with one seed and adds a row; stopped, the same command goes on where it was. The second
 * prints all rows as a Markdown table.
 */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fit, useKernels } from "lfads";
import { loadHdf5, loadTrainingState, progressBar, saveTrainingState, writeFileAtomically } from "lfads/node";
import { useWasm } from "../shared/backend";
import type { Row } from "./scores";
import { resultSets } from "./sets";
import { markdown } from "./table";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "0" },
    threads: { type: "string" },
    epochs: { type: "string", default: "1000" },
    out: { type: "string", default: "out/results" },
  },
});
const [name, file] = positionals;
const seed = Number(values.seed);
const rowFile = `${values.out}/${name}-${seed}.json`;
const stateFile = `${values.out}/${name}-${seed}.safetensors`;

if (name !== undefined) await train();
const rows = (await readdir(values.out)).filter((path) => path.endsWith(".json")).sort();
console.log(markdown(await Promise.all(rows.map(async (path) => read(`${values.out}/${path}`)))));

async function train(): Promise<void> {
  const set = resultSets[name!];
  if (!set || file === undefined) {
    throw new Error(
      `results: wanted one of ${Object.keys(resultSets).join(", ")} and a file, got ${positionals.join(" ")}`,
    );
  }
  await mkdir(values.out, { recursive: true });
  await useWasm();
  const path = await useKernels(values.threads === undefined ? {} : { threads: Number(values.threads) });
  const dataset = await loadHdf5(file);
  const model = set.model(dataset, seed);
  const resume = await loadTrainingState(stateFile);
  const before = resume ? await read(rowFile) : { minutes: 0, cpuMinutes: 0 };
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return {
      minutes: before.minutes + performance.now() / 60_000,
      cpuMinutes: before.cpuMinutes + (user + system) / 60e6,
    };
  };
  const save = (row: object) =>
    writeFileAtomically(
      rowFile,
      new TextEncoder().encode(`${JSON.stringify({ set: name, seed, path, ...row })}\n`),
    );
  const bar = progressBar();
  const { state, best, stopReason } = await fit(model, dataset, {
    ...set.training,
    batchSize: set.batchSize,
    epochs: Number(values.epochs),
    seed,
    resume,
    onProgress: bar.onProgress,
    checkpoint: {
      everyEpochs: 10,
      save: async (state) => {
        await save({ epochs: state.epoch, ...spent() });
        await saveTrainingState(stateFile, state);
      },
    },
  });
  bar.stop();
  const scores = await set.score(model, dataset);
  await saveTrainingState(stateFile, state);
  await save({ epochs: state.epoch, best: best?.epoch, stopReason, ...spent(), scores });
  model.dispose();
}

async function read(path: string): Promise<Row> {
  return JSON.parse(await readFile(path, "utf8")) as Row;
}
