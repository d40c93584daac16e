import { figureGrid } from "./figure";
import type { Html } from "./html";
import { lineFigure } from "./lineFigure";
import { extent, padded } from "./numbers";
import { ink, seriesColor } from "./palette";

/** One quantity over the epochs of a training run. */
export interface LearningCurve {
  readonly name: string;
  /** @default none */
  readonly unit?: string;
  /** What to look for. @default none */
  readonly caption?: string;
  /** @default "log" where all values are positive and span more than a factor of 50, else "linear" */
  readonly scale?: "linear" | "log";
  readonly series: readonly {
    readonly label: string;
    readonly epochs: ArrayLike<number>;
    readonly values: ArrayLike<number>;
  }[];
}

/**
 * Learning curves side by side, on one epoch axis, with the best epoch marked. A label such as "valid" has the same
 * colour everywhere. On a linear scale the first twentieth of a run may leave the frame, so that the rest can be read.
 */
export function learningCurves(curves: readonly LearningCurve[], bestEpoch?: number): Html {
  const compared = curves.filter(({ series }) => series.length > 1).flatMap(({ series }) => series);
  const labels = [...new Set(compared.map(({ label }) => label))];
  const epochs = extent(curves.flatMap(({ series }) => series.flatMap((one) => Array.from(one.epochs))));
  const xDomain: [number, number] = epochs[0] < epochs[1] ? epochs : [epochs[0] - 0.5, epochs[0] + 0.5];
  return figureGrid(
    curves.map((curve) => {
      const scale = curve.scale ?? fittingScale(curve);
      return lineFigure({
        title: curve.name,
        caption: curve.caption,
        xLabel: "epoch",
        yLabel: [curve.unit, scale === "log" ? "(log scale)" : ""].filter(Boolean).join(" "),
        xDomain,
        yType: scale,
        ...(scale === "linear" ? { yDomain: settledDomain(curve, xDomain) } : {}),
        marker: bestEpoch === undefined ? undefined : { x: bestEpoch, label: `epoch ${bestEpoch}` },
        series: curve.series.map(({ label, epochs: x, values: y }) => ({
          label,
          x,
          y,
          color: labels.includes(label) ? seriesColor(labels.indexOf(label)) : ink,
        })),
      });
    }),
  );
}

function fittingScale({ series }: LearningCurve): "linear" | "log" {
  const values = series.flatMap((one) => Array.from(one.values)).filter(Number.isFinite);
  const [low, high] = extent(values);
  return low > 0 && high / low > 50 ? "log" : "linear";
}

/** The range of the values after the first twentieth; the range of all where that is not more than 1.6 times as wide. */
function settledDomain(
  { series }: LearningCurve,
  [first, last]: readonly [number, number],
): [number, number] {
  const start = first + (last - first) / 20;
  const all = extent(series.flatMap(({ values }) => Array.from(values)));
  const settled = extent(
    series.flatMap(({ epochs, values }) =>
      Array.from(values).filter((_, i) => (epochs[i] ?? first) >= start),
    ),
  );
  const width = settled[1] - settled[0];
  return padded(width > 0 && all[1] - all[0] > 1.6 * width ? settled : all);
}
