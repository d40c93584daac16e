/**
 * LFADS on a simulated population that the Lorenz system drives: how well are rates and latent states recovered?
 *
 *   npx tsx examples/lorenz/main.ts [--out out/lorenz] [--epochs 150] [--trials 10] [--seed 0]
 */
import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import { bitsPerSpike, decode, fit, infer, LFADS, r2Score, simulateLorenz } from "lfads";
import { progressBar, writeFileAtomically } from "lfads/node";
import { learningCurves } from "../reaching/report";
import { renderReport } from "../report";
import { useWasm } from "../shared/backend";
import { rowOf } from "../shared/recordingTrials";
import { number, printTable } from "../shared/table";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "out/lorenz" },
    epochs: { type: "string", default: "150" },
    trials: { type: "string", default: "10" },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);

await useWasm();
const dataset = simulateLorenz({
  conditions: 40,
  trialsPerCondition: Number(values.trials),
  bins: 50,
  binSeconds: 0.02,
  timeStep: 0.02,
  meanRate: 10,
  seed,
});
const { train, valid } = dataset;
const [trials, bins, channels] = train.encode.shape as [number, number, number];

// The Lorenz system needs no inputs, so neither does the generator.
const model = new LFADS({
  channels,
  bins,
  controller: false,
  initialCondition: { encoderUnits: 64, size: 32 },
  generator: { units: 64 },
  factors: 3,
  seed,
});
const bar = progressBar();
const started = performance.now();
const training = await fit(model, dataset, {
  hyperparameters: { learningRate: 5e-3, dropout: 0.05, l2Generator: 1e-2 },
  batchSize: 128,
  epochs: Number(values.epochs),
  klRamp: { increase: 40 },
  l2Ramp: { increase: 40 },
  seed,
  onProgress: bar.onProgress,
});
bar.stop();
const seconds = (performance.now() - started) / 1000;

const inferred = { train: await infer(model, train), valid: await infer(model, valid) };
const rateR2 = r2Score(inferred.valid.rates, valid.truth!);
const latents = decode(
  { rates: inferred.train.factors, behavior: train.extras!.latents! },
  { rates: inferred.valid.factors, behavior: valid.extras!.latents! },
);
const scores = {
  lfads: bitsPerSpike(inferred.valid.rates, valid.reconstruct),
  truth: bitsPerSpike(valid.truth!, valid.reconstruct),
};
console.log();
printTable([
  ["validation trials", "bits/spike", "R2 of rates", "R2 of latents from factors"],
  ["LFADS", number(scores.lfads), number(rateR2), number(latents.r2)],
  ["truth", number(scores.truth), "1", "1"],
]);

await mkdir(values.out, { recursive: true });
const report = renderReport({
  title: "LFADS on the Lorenz system",
  subtitle: `${trials} training and ${valid.encode.shape[0]} validation trials of ${bins} bins of 20 ms, ${channels} simulated neurons`,
  facts: [
    { label: "epochs", value: `${training.history.length}` },
    { label: "training time", value: `${(seconds / 60).toFixed(1)} min` },
  ],
  table: {
    columns: ["bits/spike", "R² of rates", "R² of latents"],
    rows: [
      {
        label: "LFADS",
        values: [number(scores.lfads), number(rateR2), number(latents.r2)],
        emphasis: true,
      },
      { label: "true rates", values: [number(scores.truth), "1", "1"] },
    ],
    note: "Validation trials. R² of latents: ridge regression from the factors to the true states of the Lorenz system.",
  },
  curves: learningCurves(training.history),
  ...(training.best && { bestEpoch: training.best.epoch }),
  trials: [0, 1, 2].map((trial) => ({
    label: `Validation trial ${trial}`,
    binSeconds: 0.02,
    spikes: rowOf(valid.reconstruct, trial),
    rates: rowOf(inferred.valid.rates, trial),
    trueRates: rowOf(valid.truth!, trial),
    factors: rowOf(inferred.valid.factors, trial),
  })),
  footer: "Made by the example lorenz of lfads.",
});
await writeFileAtomically(`${values.out}/report.html`, new TextEncoder().encode(report));
console.log(`\nwrote ${values.out}/report.html`);
model.dispose();
