/**
 * A search over the hyperparameters of a model of one's own, not LFADS: a perceptron of plain TensorFlow.js that decodes the
 * velocity of a monkey's hand from spikes of somatosensory cortex. The same command goes on with a search that was stopped.
 *
 *   npx tsx examples/own-model/main.ts [--search pbt|random] [--data file.h5] [--out out/own-model] [--population 8]
 *                                      [--generations 6] [--generation-epochs 3] [--batch-size 512] [--seed 0]
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  decode,
  inProcess,
  pbt,
  RandomStream,
  r2Score,
  randomSearch,
  runPopulation,
  type Scheduler,
  smoothGaussian,
  splitTrials,
} from "lfads";
import { fileStore, loadHdf5, searchProgressBar } from "lfads/node";
import { useWasm } from "../shared/backend";
import { velocityOf } from "../shared/recording";
import { number, printTable } from "../shared/table";
import { restore } from "./checkpoint";
import { makeDecoder, predict, samplesOf } from "./decoder";
import { decoderTrainer, space } from "./trainer";

const { values } = parseArgs({
  options: {
    search: { type: "string", default: "pbt" },
    data: { type: "string", default: fileURLToPath(new URL("../data/s1_reach_50ms.h5", import.meta.url)) },
    out: { type: "string", default: "out/own-model" },
    population: { type: "string", default: "8" },
    generations: { type: "string", default: "6" },
    "generation-epochs": { type: "string", default: "3" },
    "batch-size": { type: "string", default: "512" },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const members = Number(values.population);
const generations = Number(values.generations);
const generationEpochs = Number(values["generation-epochs"]);

await useWasm();
const { train, valid } = await loadHdf5(values.data);
// A fifth of the training trials scores the search; nothing of it has seen the validation trials.
const own = splitTrials(train);
const trainer = decoderTrainer(
  samplesOf(own.train),
  samplesOf(own.valid),
  Number(values["batch-size"]),
  seed,
);

const store = fileStore(`${values.out}/${values.search}`);
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
const bar = searchProgressBar();
const run = <State>(scheduler: Scheduler<State>) =>
  runPopulation({
    scheduler,
    executor: inProcess({ trainer, store }),
    store,
    settings: { recording: basename(values.data), batchSize: values["batch-size"] },
    onProgress: bar.onProgress,
    signal: interrupted.signal,
  }).finally(() => bar.stop());
const { best, checkpoint, reason } =
  values.search === "random"
    ? await run(randomSearch({ space, members, epochs: generations * generationEpochs, seed }))
    : await run(
        pbt({ space, population: members, generations, generationEpochs, burnIn: 0, stop: null, seed }),
      );
if (reason === "aborted" || !best || !checkpoint) {
  console.log("stopped; the same command goes on");
  process.exit(0);
}

const samples = samplesOf(valid);
const decoder = makeDecoder(samples.counts.shape[1], RandomStream.fromSeed(seed));
await restore(checkpoint, decoder);
const velocity = { train: velocityOf(train.extras?.behavior)!, valid: velocityOf(valid.extras?.behavior)! };
const smoothed = (counts: typeof train.encode) => smoothGaussian(counts, { sd: 2 });
const ridge = decode(
  { rates: smoothed(train.encode), behavior: velocity.train },
  { rates: smoothed(valid.encode), behavior: velocity.valid },
);
const { learningRate, dropout, l2 } = best.hyperparameters as Record<string, number>;
const settings = [learningRate!.toExponential(2), number(dropout), l2!.toExponential(2)];
printTable([
  ["validation trials", "velocity R2", "learning rate", "dropout", "L2"],
  ["ridge on smoothed spikes", number(ridge.r2), "-", "-", "-"],
  [
    "own model",
    number(r2Score(predict(decoder, samples, velocity.valid.shape), velocity.valid)),
    ...settings,
  ],
]);
