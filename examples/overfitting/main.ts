/**
 * Identity overfitting (Keshtkaran & Pandarinath 2019): a model with inferred inputs can lower its loss by copying spikes,
 * validation included. Its validation likelihood improves while its rates get worse; coordinated dropout prevents it.
 *
 *   npx tsx examples/overfitting/main.ts [--out out/overfitting] [--epochs 120] [--trials 5] [--seed 0]
 */
import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Dataset, fit, infer, LFADS, r2Score, simulateLorenz } from "lfads";
import { progressBar, writeFileAtomically } from "lfads/node";
import { card, figureGrid, html, type LineFigureOptions, lineFigure, page, seriesColor } from "../report";
import { useWasm } from "../shared/backend";
import { number, printTable } from "../shared/table";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "out/overfitting" },
    epochs: { type: "string", default: "120" },
    trials: { type: "string", default: "5" },
    seed: { type: "string", default: "0" },
  },
});

/** What happens to a model over its training. */
interface Course {
  readonly label: string;
  readonly epochs: number[];
  /** Validation reconstruction loss, nats per bin and channel. */
  readonly loss: number[];
  /** R2 of the inferred against the true rates of validation trials. */
  readonly rateR2: number[];
}

async function train(dataset: Dataset, label: string, coordinatedDropout: number): Promise<Course> {
  const [, bins, channels] = dataset.train.encode.shape as [number, number, number];
  const model = new LFADS({
    channels,
    bins,
    // A controller with many outputs and no lag has all it takes to copy.
    controller: { encoderUnits: 48, units: 48, outputs: 16, lag: 0 },
    initialCondition: { encoderUnits: 48, size: 32 },
    generator: { units: 64 },
    factors: 20,
    seed: Number(values.seed),
  });
  const course: Course = { label, epochs: [], loss: [], rateR2: [] };
  const bar = progressBar();
  await fit(model, dataset, {
    hyperparameters: {
      coordinatedDropout,
      dropout: 0,
      klControllerOutput: 1e-7,
      klInitialCondition: 1e-7,
      l2Generator: 1e-5,
      l2Controller: 1e-5,
    },
    batchSize: 64,
    epochs: Number(values.epochs),
    earlyStopping: false,
    seed: Number(values.seed),
    onProgress: async (progress) => {
      bar.onProgress(progress);
      const { epoch, epochs, batch, last } = progress;
      if (batch > 0 || !last || (epoch % 4 !== 0 && epoch !== epochs)) return;
      const { rates } = await infer(model, dataset.valid, { samples: 0 });
      course.epochs.push(epoch);
      course.loss.push(last.valid.reconstruction);
      course.rateR2.push(r2Score(rates, dataset.valid.truth!));
    },
  });
  bar.stop();
  model.dispose();
  return course;
}

await useWasm();
const dataset = simulateLorenz({
  conditions: 40,
  trialsPerCondition: Number(values.trials),
  bins: 40,
  binSeconds: 0.02,
  timeStep: 0.02,
  meanRate: 10,
  seed: Number(values.seed),
});
console.log("without coordinated dropout ...");
const without = await train(dataset, "without coordinated dropout", 0);
console.log("with coordinated dropout ...");
const withDropout = await train(dataset, "with coordinated dropout", 0.3);
const courses = [without, withDropout];

console.log();
printTable([
  ["", "validation loss", "R2 of rates", "best R2 on the way"],
  ...courses.map(({ label, loss, rateR2 }) => [
    label,
    number(loss.at(-1), 4),
    number(rateR2.at(-1)),
    number(Math.max(...rateR2)),
  ]),
]);

const panel = ({
  pick,
  ...options
}: Pick<LineFigureOptions, "title" | "caption" | "yLabel" | "yDomain"> & {
  pick: (course: Course) => number[];
}) =>
  lineFigure({
    ...options,
    xLabel: "epoch",
    series: courses.map((course, i) => ({
      label: course.label,
      x: course.epochs,
      y: pick(course),
      color: seriesColor(i),
    })),
  });
const document_ = page({
  title: "Identity overfitting",
  subtitle:
    "A model that copies spikes fits validation trials better and better, and infers worse and worse rates",
  sections: [
    {
      heading: "The same model, with and without coordinated dropout",
      intro: html`Simulated neurons driven by the Lorenz system, so that the true rates are known. A real recording has
no such truth: there the first figure is all one sees, and it prefers the wrong model.`,
      body: card(
        figureGrid(
          panel({
            title: "Validation loss",
            caption: "What a search would go by: the lower the better. It rewards copying.",
            yLabel: "nats per bin and channel",
            pick: ({ loss }) => loss,
          }),
          panel({
            title: "Inferred against true rates",
            caption:
              "What one wants, 1 is perfect. Without coordinated dropout the rates turn into the spikes themselves.",
            yLabel: "R² of rates",
            pick: ({ rateR2 }) => rateR2,
            yDomain: [-1, 1],
          }),
        ),
      ),
    },
  ],
  footer: "Made by the example overfitting of lfads, after Keshtkaran & Pandarinath 2019.",
});
await mkdir(values.out, { recursive: true });
await writeFileAtomically(`${values.out}/report.html`, new TextEncoder().encode(document_));
console.log(`\nwrote ${values.out}/report.html`);
