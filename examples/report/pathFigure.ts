import * as Plot from "@observablehq/plot";
import { emptyPicture, figure } from "./figure";
import type { Html } from "./html";
import { type Color, seriesColor } from "./palette";
import { type PlanePoint, planePicture } from "./plane";

/** A way through the plane. */
export interface PlanePath {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** @default by position */
  readonly color?: Color;
}

export interface PathFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string | undefined;
  readonly paths: readonly PlanePath[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Height in pixels, at a width of 360. @default 300 */
  readonly height?: number;
}

/** Ways through the plane, one unit as long across as up; each starts at the open circle and ends at the dot. */
export function pathFigure({
  title,
  caption,
  xLabel,
  yLabel,
  height = 300,
  ...options
}: PathFigureOptions): Html {
  const paths = options.paths.map((path, i) => ({
    ...path,
    color: path.color ?? seriesColor(i),
    points: path.x
      .map((x, j) => ({ x, y: path.y[j] ?? Number.NaN }))
      .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
  }));
  const all: PlanePoint[] = paths.flatMap(({ points }) => points);
  if (all.length === 0) return figure({ title, caption, picture: emptyPicture("No values to draw.") });
  return figure({
    title,
    caption,
    legend: paths,
    picture: planePicture({
      ...{ title, xLabel, yLabel, height, points: all },
      description: `Paths in the plane: ${paths.map(({ label }) => label).join(", ")}. ${xLabel} against ${yLabel}.`,
      marks: paths.flatMap(({ points, color }) => [
        Plot.line(points, { x: "x", y: "y", stroke: color, strokeWidth: 2 }),
        Plot.dot(points.slice(-1), { x: "x", y: "y", r: 4, fill: color }),
        Plot.dot(points.slice(0, 1), {
          ...{ x: "x", y: "y", r: 4, fill: "var(--card)", stroke: color, strokeWidth: 1.8 },
        }),
      ]),
    }),
  });
}
