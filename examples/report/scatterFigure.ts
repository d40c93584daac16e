import * as Plot from "@observablehq/plot";
import { axisX, axisY, scale } from "./axes";
import { emptyPicture, figure } from "./figure";
import type { Html } from "./html";
import { extent, padded } from "./numbers";
import { accent, type Color } from "./palette";
import { picture } from "./picture";

export interface ScatterFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Of the same length; pairs that are not finite are left out. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Dots beyond it stand at its edge, hollow. @default the range of the values */
  readonly yDomain?: readonly [number, number];
  /** @default that of the model */
  readonly color?: Color;
  /** Written into the lower left corner. @default none */
  readonly note?: string;
}

/** One dot for every pair of values. */
export function scatterFigure(options: ScatterFigureOptions): Html {
  const { title, caption, xLabel, yLabel, color = accent, note } = options;
  const pairs = options.x
    .map((x, i) => ({ x, y: options.y[i] ?? Number.NaN }))
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (pairs.length === 0) return figure({ title, caption, picture: emptyPicture("No values to draw.") });
  const [low, high] = options.yDomain ?? padded(extent(pairs.map(({ y }) => y)));
  const inside = ({ y }: { readonly y: number }) => y >= low && y <= high;
  const x = { label: xLabel, domain: padded(extent(pairs.map((pair) => pair.x))) };
  const y = { label: yLabel, domain: [low, high] as const };
  const dot = { x: "x", r: 3.5, stroke: color, strokeWidth: 1.2 };
  return figure({
    title,
    caption,
    picture: picture({
      title,
      description: `${pairs.length} dots: ${yLabel} against ${xLabel}.${note ? ` ${note}.` : ""}`,
      height: 300,
      plot: {
        x: scale(x),
        y: scale(y),
        marks: [
          axisY(y),
          axisX(x),
          Plot.dot(pairs.filter(inside), { ...dot, y: "y", fill: color, fillOpacity: 0.6 }),
          Plot.dot(
            pairs.filter((pair) => !inside(pair)),
            {
              ...dot,
              y: (pair: { y: number }) => Math.min(Math.max(pair.y, low), high),
              fill: "var(--card)",
            },
          ),
          note
            ? Plot.text([note], {
                frameAnchor: "bottom-left",
                dx: 10,
                dy: -14,
                fontWeight: 600,
                fill: "var(--ink)",
              })
            : null,
        ],
      },
    }),
  });
}
