import * as Plot from "@observablehq/plot";
import { emptyPicture, figure } from "./figure";
import type { Html } from "./html";
import type { Color } from "./palette";
import { type PlanePoint, planePicture } from "./plane";

/** What {@link planeFigure} draws. */
export interface PlaneFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string | undefined;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Thin lines, such as trajectories. */
  readonly lines: readonly { readonly points: readonly PlanePoint[]; readonly color: Color }[];
  /** Sets of dots, each with its place in the key; hollow ones are larger, so that they can stand around others. */
  readonly dots: readonly {
    readonly label: string;
    readonly points: readonly PlanePoint[];
    readonly color: Color;
    readonly hollow?: boolean;
  }[];
  /** Height in pixels, at a width of 360. @default 300 */
  readonly height?: number;
}

/** Lines and dots in the plane, one unit as long across as up. */
export function planeFigure(options: PlaneFigureOptions): Html {
  const { title, caption, xLabel, yLabel, lines, dots, height = 300 } = options;
  const all = [...lines, ...dots].flatMap(({ points }) => points);
  if (all.length === 0) return figure({ title, caption, picture: emptyPicture("No values to draw.") });
  return figure({
    title,
    caption,
    legend: dots
      .filter(({ points }) => points.length > 0)
      .map(({ label, color, hollow }) => ({ label, color, dot: hollow ? "hollow" : "filled" })),
    picture: planePicture({
      ...{ title, xLabel, yLabel, height, points: all },
      description: `${lines.length} lines and dots in the plane: ${dots.map(({ label }) => label).join(", ")}. ${xLabel} against ${yLabel}.`,
      marks: [
        ...lines.map(({ points, color }) =>
          Plot.line(points, { x: "x", y: "y", stroke: color, strokeWidth: 0.8, strokeOpacity: 0.5 }),
        ),
        ...dots.map(({ points, color, hollow }) =>
          Plot.dot(points, {
            ...{ x: "x", y: "y", r: hollow ? 6 : 3.5, stroke: color, strokeWidth: 1.6 },
            fill: hollow ? "none" : color,
          }),
        ),
      ],
    }),
  });
}
