import { basename } from "node:path";
import { card, figureGrid, html, page, resultTable, scatterFigure, seriesColor } from "../report";
import { number } from "../shared/table";

export interface Study {
  readonly arms: readonly {
    readonly label: string;
    readonly likelihood: readonly number[];
    readonly rateR2: readonly number[];
    readonly correlation: number;
  }[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly models: number;
}

/** Likelihood against R2 for every arm, and the table, as an HTML page. */
export function studyReport({ arms, columns, rows, models }: Study): string {
  return page({
    title: "Validation that means something",
    subtitle: `A random search over ${models} models, with and without what keeps them from copying spikes`,
    sections: [
      {
        heading: "Does the likelihood tell which model is best?",
        intro: html`A dot is a model of the search: what one can measure on a recording, the likelihood on validation trials,
against what one wants to know, how well the inferred rates match the true ones of these simulated trials. A search keeps the model
furthest to the right.`,
        body: card(
          figureGrid(
            arms.map(({ label, likelihood, rateR2, correlation }, i) =>
              scatterFigure({
                title: label[0]!.toUpperCase() + label.slice(1),
                xLabel: "log-likelihood per bin and channel",
                yLabel: "R² of rates",
                yDomain: [-1, 1],
                x: likelihood,
                y: rateR2,
                color: seriesColor(i),
                note: `rank correlation ${number(correlation, 2).replace("-", "−")}`,
              }),
            ),
          ),
        ),
      },
      {
        heading: "In numbers",
        body: card(
          resultTable({
            columns,
            rows: rows.map(([label, ...values]) => ({ label: label!, values })),
            note: "Intervals by the bootstrap over models. Dots of an R² below -1 stand at the lower edge of the figure.",
          }),
        ),
      },
    ],
    footer: `Made by the example ${basename(import.meta.dirname)} of lfads, after Keshtkaran & Pandarinath 2019.`,
  });
}
