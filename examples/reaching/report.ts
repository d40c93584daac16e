import { basename } from "node:path";
import type { Dataset, EpochMetrics, FitResult, NdArray, SmoothingBaseline } from "lfads";
import { type LearningCurve, renderReport } from "../report";
import { type RecordingResult, velocityOf } from "../shared/recording";
import { recordingTrials } from "../shared/recordingTrials";
import { number } from "../shared/table";

/** The report of the main job as an HTML page. */
export function reachingReport(input: {
  readonly dataset: Dataset;
  readonly smoothing: SmoothingBaseline;
  readonly training: FitResult;
  readonly result: RecordingResult;
  readonly seconds: number;
  readonly samples: number;
}): string {
  const { dataset, smoothing, training, result, seconds, samples } = input;
  const { history, best } = training;
  const binMs = Number(dataset.attributes?.bin_ms ?? 1);
  const [trials, bins, heldIn] = dataset.train.encode.shape as [number, number, number];
  const channels = dataset.train.reconstruct.shape[2]!;
  const valid = dataset.valid.encode.shape[0]!;
  const measured = velocityOf(dataset.valid.extras?.behavior);
  return renderReport({
    title: "LFADS on reaching movements",
    subtitle: `${trials} training and ${valid} validation windows of ${bins} bins of ${binMs} ms; ${heldIn} channels seen, ${channels - heldIn} held out`,
    facts: [
      { label: "epochs", value: `${history.length}` },
      { label: "best epoch", value: `${best?.epoch ?? "-"}` },
      { label: "training time", value: `${(seconds / 60).toFixed(1)} min` },
      { label: "posterior samples", value: `${samples}` },
    ],
    table: {
      columns: ["held-in bits/spike", "co-bps", "velocity R²"],
      rows: [
        {
          label: "LFADS",
          values: [number(result.heldIn), number(result.coBps), number(result.velocity?.r2)],
          emphasis: true,
        },
        {
          label: "Gaussian smoothing",
          values: [
            number(smoothing.heldInBps.score),
            number(smoothing.coBps?.score),
            number(smoothing.velocityR2?.score),
          ],
        },
      ],
      note:
        "Validation trials. Held-in bits per spike: smoothing predicts each bin from the other bins of its channel, LFADS sees the bin itself. " +
        "co-bps: bits per spike of the channels that the model never saw. Velocity R²: ridge regression from rates to hand velocity in the same bin.",
    },
    curves: learningCurves(history),
    ...(best && { bestEpoch: best.epoch }),
    heldIn,
    trials: recordingTrials(dataset, result),
    ...(measured &&
      result.velocity && {
        velocityScatter: {
          true: flat(measured),
          decoded: flat(result.velocity.prediction),
          names: ["x", "y"],
          unit: "cm/s",
          r2: [...result.velocity.r2PerColumn],
        },
      }),
    footer: `Made by the example ${basename(import.meta.dirname)} of lfads.`,
  });
}

/** Losses and rates of a training over its epochs. */
export function learningCurves(history: readonly EpochMetrics[]): LearningCurve[] {
  const epochs = history.map(({ epoch }) => epoch);
  const series = (label: string, pick: (metrics: EpochMetrics) => number) => ({
    label,
    epochs,
    values: history.map(pick),
  });
  return [
    {
      name: "Reconstruction loss",
      unit: "nats per bin and channel",
      caption:
        "Negative log-likelihood of the spikes. The smoothed validation loss decides which weights are kept.",
      series: [
        series("training", ({ train }) => train.reconstruction),
        series("validation", ({ valid }) => valid.reconstruction),
        series("smoothed", ({ smoothedScore }) => smoothedScore),
      ],
    },
    {
      name: "Divergence from the priors, weighted",
      caption: "What the posteriors of initial condition and inferred inputs cost, before the ramp.",
      series: [
        series("initial condition", ({ train }) => train.klInitialCondition),
        series("controller output", ({ train }) => train.klControllerOutput),
      ],
    },
    {
      name: "L2 penalty",
      caption: "Of the recurrent weights, before the ramp.",
      series: [series("recurrent weights", ({ train }) => train.l2)],
    },
    {
      name: "Learning rate",
      caption: "Decays when the score has not improved for six epochs.",
      series: [series("learning rate", ({ learningRate }) => learningRate)],
    },
  ];
}

function flat({ data, shape }: NdArray): NdArray {
  const width = shape[shape.length - 1]!;
  return { data, shape: [data.length / width, width] };
}
