import { agreementFigure } from "./agreementFigure";
import { figureGrid } from "./figure";
import { html } from "./html";
import { type LearningCurve, learningCurves } from "./learningCurves";
import { column } from "./numbers";
import { card, page, type Section } from "./page";
import { factList, headline, type ResultTable, resultTable } from "./resultTable";
import type { DecodedBehavior, ReportTrial } from "./trialCard";
import { trialSection } from "./trialSection";

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
      body: card(learningCurves(curves, bestEpoch)),
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

function velocitySection(samples: NonNullable<ReportInput["velocityScatter"]>): Section {
  const { true: truth, decoded, names, unit, r2 } = samples;
  const count = truth.shape[0] ?? 0;
  return {
    heading: "Decoded velocity",
    body: card(
      figureGrid(
        html`<div class="text"><p><b>${count} bins</b> of all trials. Where they are many, stronger colours mean more of them.</p>
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
