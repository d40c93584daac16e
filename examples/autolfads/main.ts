/**
 * AutoLFADS: population-based training on spikes from somatosensory cortex of a reaching monkey. The same command goes on with a
 * search that was stopped. Writes the search's log, a report, and the best model with its rates.
 *
 *   npm run autolfads -- [--data file.h5] [--out out/autolfads] [--population 8] [--generations 10] [--generation-epochs 15]
 *                        [--burn-in 40] [--workers <cores>] [--batch-size 256] [--samples 50] [--seed 0]
 */
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  autolfadsSpace,
  deserializeTrainingState,
  pbt,
  saveLfadsTorch,
  searchCsv,
  searchJsonl,
  useBestWeights,
} from "lfads";
import { loadHdf5, writeFileAtomically } from "lfads/node";
import { useWasm } from "../shared/backend";
import { recordingModel, scoreRecording } from "../shared/recording";
import { runInWorkers } from "../shared/runInWorkers";
import { number, printTable } from "../shared/table";
import { searchReport } from "./report";
import { storeOf, type WorkplaceData } from "./workplace";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: fileURLToPath(new URL("../data/s1_reach_50ms.h5", import.meta.url)) },
    out: { type: "string", default: "out/autolfads" },
    population: { type: "string", default: "8" },
    generations: { type: "string", default: "10" },
    "generation-epochs": { type: "string", default: "15" },
    "burn-in": { type: "string", default: "40" },
    workers: { type: "string", default: String(availableParallelism()) },
    "batch-size": { type: "string", default: "256" },
    samples: { type: "string", default: "50" },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const burnIn = Number(values["burn-in"]);

const workplace: WorkplaceData = {
  recording: values.data,
  folder: `${values.out}/search`,
  batchSize: Number(values["batch-size"]),
  ramp: burnIn,
  seed,
};
await mkdir(values.out, { recursive: true });
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
const search = await runInWorkers({
  module: new URL("./workplace.ts", import.meta.url),
  data: workplace,
  workers: Number(values.workers),
  scheduler: pbt({
    space: autolfadsSpace,
    population: Number(values.population),
    generations: Number(values.generations),
    generationEpochs: Number(values["generation-epochs"]),
    burnIn,
    seed,
  }),
  store: storeOf(workplace),
  settings: { recording: basename(values.data), batchSize: workplace.batchSize },
  signal: interrupted.signal,
});

const write = async (name: string, content: Uint8Array | string) => {
  const path = `${values.out}/${name}`;
  await writeFileAtomically(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  console.log(`wrote ${path}`);
};
await write("search.csv", searchCsv(search.records));
await write("search.jsonl", searchJsonl(search.records));
if (search.reason === "aborted" || !search.best || !search.checkpoint) {
  console.log("stopped; the same command goes on");
  process.exit(0);
}
await useWasm();
const dataset = await loadHdf5(values.data);
const model = recordingModel(dataset, seed);
useBestWeights(model, deserializeTrainingState(search.checkpoint));
console.log(`inferring rates with member ${search.best.member} of generation ${search.best.generation} ...`);
const result = await scoreRecording(model, dataset, Number(values.samples));
printTable([
  ["validation trials", "held-in bits/spike", "co-bps", "velocity R2"],
  ["AutoLFADS", number(result.heldIn), number(result.coBps), number(result.velocity?.r2)],
]);
await write("model.safetensors", await saveLfadsTorch(model));
await write("report.html", searchReport(search, dataset, result));
model.dispose();
