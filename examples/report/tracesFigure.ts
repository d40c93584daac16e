import * as Plot from "@observablehq/plot";
import type { NdArray } from "../../src/data/ndarray";
import { axisX } from "./axes";
import { emptyPicture, figure } from "./figure";
import type { Html } from "./html";
import { binCenters, column, extent } from "./numbers";
import { accent } from "./palette";
import { picture } from "./picture";

export interface TracesFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string | undefined;
  /** `[bins, traces]`; values that are not finite leave a gap. */
  readonly values: NdArray;
  readonly binSeconds: number;
  /** Which traces to draw, from the top. @default all */
  readonly traces?: readonly number[];
  /** Height in pixels, at a width of 360. @default 340 */
  readonly height?: number;
}

/** Many signals over time, each on its own line below the other, all on one scale and around their mean. */
export function tracesFigure({
  title,
  caption,
  values,
  binSeconds,
  height = 340,
  ...options
}: TracesFigureOptions): Html {
  const [bins = 0, count = 0] = values.shape;
  const chosen = options.traces ?? [...Array(count).keys()];
  if (bins === 0 || chosen.length === 0) {
    return figure({ title, caption, picture: emptyPicture("No values to draw.") });
  }
  const times = binCenters(bins, binSeconds);
  const centered = chosen.map((trace) => aroundMean(column(values, trace)));
  const [low, high] = extent(centered.flat().map(Math.abs));
  const size = high || low || 1;
  const points = centered.flatMap((trace, row) =>
    trace.map((value, bin) => ({ row, time: times[bin] ?? Number.NaN, level: (0.95 * value) / size - row })),
  );
  const rows = chosen.map((trace, row) => ({ label: `${trace + 1}`, level: -row }));
  const seconds = bins * binSeconds;
  return figure({
    title,
    caption,
    picture: picture({
      title,
      description: `${chosen.length} lines over ${bins} bins, below each other on one scale, each around its own mean.`,
      height,
      plot: {
        marginTop: 2,
        marginLeft: 24,
        x: { domain: [0, seconds], label: null },
        y: { domain: [-(chosen.length - 1) - 1, 1], axis: null },
        marks: [
          Plot.ruleY(rows, { y: "level", stroke: "var(--grid)" }),
          Plot.line(points, { x: "time", y: "level", z: "row", stroke: accent, strokeWidth: 1.8 }),
          Plot.text(rows, {
            y: "level",
            text: "label",
            frameAnchor: "left",
            textAnchor: "end",
            dx: -6,
            fill: "var(--muted)",
          }),
          axisX({ label: "time (s)", domain: [0, seconds] }),
        ],
      },
    }),
  });
}

function aroundMean(values: readonly number[]): number[] {
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(known.length, 1);
  return values.map((value) => value - mean);
}
