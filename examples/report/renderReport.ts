import type { NdArray } from "../../src/data/ndarray";
import { agreementFigure } from "./agreementFigure";
import { figureGrid } from "./figure";
import { type Html, html } from "./html";
import { type LearningCurve, learningCurves } from "./learningCurves";
import { column } from "./numbers";
import { card, page, type Section } from "./page";
import { factList, headline, type ResultTable, resultTable } from "./resultTable";
import { type DecodedBehavior, peakHz, type ReportTrial, trialCard } from "./trialCard";

/** Everything the report of a training run shows. */
export interface ReportInput {
  readonly title: string;
  /** The data set, its bins and trials. */
  readonly subtitle: string;
  /** Model size, epochs, seconds, backend, ... */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** The scores of each method; the first row with emphasis also stands above in large numbers. */
  readonly table: ResultTable;
  readonly curves: readonly LearningCurve[];
  /** @default no epoch is marked */
  readonly bestEpoch?: number;
  readonly trials: readonly ReportTrial[];
  /** The first `heldIn` channels were seen by the encoders; the others are drawn below them. @default all */
  readonly heldIn?: number;
  /** Samples of all trials, `[samples, names.length]`, and the R² of each dimension. @default none */
  readonly velocityScatter?: DecodedBehavior & { readonly r2: readonly number[] };
  /** How the page came about. @default none */
  readonly footer?: string;
}

/**
 * The report of a training run as one HTML document that needs nothing else: scores, single trials, decoded velocity,
 * learning curves. The same input gives the same bytes.
 *
 * @throws if a trial's rates do not have the shape of its spikes
 */
export function renderReport(input: ReportInput): string {
  const { title, subtitle, facts, table, curves, bestEpoch, trials, velocityScatter, footer } = input;
  for (const { label, spikes, rates } of trials) {
    if (String(spikes.shape) !== String(rates.shape)) {
      throw new Error(
        `renderReport: rates must have the shape of the spikes, got [${rates.shape}] and [${spikes.shape}] in "${label}"`,
      );
    }
  }
  const sections: (Section | false)[] = [
    table.rows.length > 0 && { heading: "Scores", body: resultTable(table) },
    trials.length > 0 && trialSection(trials, input.heldIn),
    velocityScatter !== undefined && velocitySection(velocityScatter),
    curves.length > 0 && {
      heading: "Training",
      intro: html`Every curve over the epochs of the run. Look for validation curves that flatten out rather than turn
back up.${bestEpoch !== undefined && " The dashed line marks the epoch whose weights were kept."}`,
      body: card("Learning curves", learningCurves(curves, bestEpoch)),
    },
  ];
  return page({
    title,
    subtitle,
    lead: [headline(table), factList(facts)],
    sections: sections.filter((section) => section !== false),
    ...(footer === undefined ? {} : { footer }),
  });
}

function trialSection(trials: readonly ReportTrial[], heldIn: number | undefined): Section {
  const topHz = Math.max(...trials.map(peakHz));
  const factors = strongest(
    trials.map((trial) => trial.factors),
    12,
  );
  const binSeconds = trials[0]?.binSeconds ?? 1;
  return {
    heading: "Single trials",
    intro: html`What the model makes of one trial at a time, without averaging. All trials share one colour scale.`,
    body: [
      guide(trials, binSeconds, heldIn, factors.length),
      trials.map((trial) => trialCard(trial, { heldIn, factors, topHz })),
    ],
  };
}

function guide(
  trials: readonly ReportTrial[],
  binSeconds: number,
  heldIn: number | undefined,
  factors: number,
): Html {
  const all = trials[0]?.factors.shape[1] ?? 0;
  return html`<div class="guide">
<p><b>Spikes and rates.</b> One row per channel, in the same order in both: sorted by the time of the peak rate, so that
activity runs down the diagonal. Same colours, too: one spike in a bin is ${Number((1 / binSeconds).toPrecision(3))} Hz.${
    heldIn !== undefined &&
    html` The model never saw the spikes of the <b>held-out</b> channels it predicts here.`
  }</p>
<p><b>Factors.</b> The few signals that all rates are made of${
    factors < all && ` (the ${factors} of ${all} that vary most)`
  }, each around its mean, on one scale in arbitrary units.</p>
${
  trials.some(({ inputs }) => inputs && (inputs.shape[1] ?? 0) > 0) &&
  html`<p><b>Inferred inputs.</b> What pushes the dynamics from outside. Flat lines: the initial state alone explains the
trial. Bumps: something arrived then.</p>`
}
${
  trials.some(({ velocity }) => velocity) &&
  html`<p><b>Hand.</b> Velocity read linearly from the model against the measured one. The path is the velocity summed up
from the open circle to the dot.</p>`
}</div>`;
}

function velocitySection(samples: NonNullable<ReportInput["velocityScatter"]>): Section {
  const { true: truth, decoded, names, unit, r2 } = samples;
  const count = truth.shape[0] ?? 0;
  return {
    heading: "Decoded velocity",
    body: card(
      "Decoded against measured, all bins",
      figureGrid(
        html`<div class="text"><p><b>${count} bins</b>, each a point; stronger colours mean more of them.</p>
<p>On the dashed diagonal the decoder is exact. A cloud flatter than the diagonal means that fast movements are
underestimated.</p><p>R² is the share of the variance that is explained: 1 is perfect, 0 is no better than the mean.</p></div>`,
        names.map((name, i) =>
          agreementFigure({
            title: name,
            truth: column(truth, i),
            estimate: column(decoded, i),
            truthLabel: `measured (${unit})`,
            estimateLabel: `decoded (${unit})`,
            ...(Number.isFinite(r2[i]) ? { note: `R² = ${r2[i]!.toFixed(2)}` } : {}),
          }),
        ),
      ),
    ),
  };
}

/** The `count` columns with the largest variance over all arrays `[bins, columns]`, in their own order. */
function strongest(arrays: readonly NdArray[], count: number): number[] {
  const columns = arrays[0]?.shape[1] ?? 0;
  const variances = Array.from({ length: columns }, (_, index) => {
    const values = arrays.flatMap((array) => column(array, index)).filter(Number.isFinite);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
    return { index, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
  });
  variances.sort((a, b) => b.variance - a.variance || a.index - b.index);
  return variances
    .slice(0, count)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}
