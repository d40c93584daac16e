import * as Plot from "@observablehq/plot";
import { axisX, axisY, scale } from "./axes";
import { emptyPicture, figure } from "./figure";
import type { Html } from "./html";
import { extent, finite, padded } from "./numbers";
import { type Color, seriesColor } from "./palette";
import { picture } from "./picture";

/** One line: `y` against `x`, of the same length. Values that are not finite leave a gap. */
export interface LineSeries {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** @default by label: every label has its colour, in the order in which they appear */
  readonly color?: Color;
  /** @default false */
  readonly dashed?: boolean;
  /** The panel the line belongs to; panels stand below each other and share both axes. @default one panel for all */
  readonly panel?: string;
}

/** A vertical line at `x`, with a dot where it meets each series, such as the best epoch. */
export interface Marker {
  readonly x: number;
  readonly label: string;
}

export interface LineFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string | undefined;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly LineSeries[];
  /** @default the range of the values */
  readonly xDomain?: readonly [number, number];
  /** Lines are cut where they leave it. @default the range of the values, with a little air */
  readonly yDomain?: readonly [number, number];
  /** A log axis shows positive values only. @default "linear" */
  readonly yType?: "linear" | "log";
  /** @default none */
  readonly marker?: Marker | undefined;
  /** Height in pixels, at a width of 360. @default 220 */
  readonly height?: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly panel: string;
}

/** Lines over one axis, in one panel or several; used for learning curves and for anything over time. */
export function lineFigure(options: LineFigureOptions): Html {
  const { title, caption, xLabel, yLabel, yType = "linear", marker, height = 220 } = options;
  const labels = [...new Set(options.series.map(({ label }) => label))];
  const lines = options.series.map((series) => ({
    ...series,
    color: series.color ?? seriesColor(labels.indexOf(series.label)),
    points: pointsOf(series, yType),
  }));
  const visible = lines.flatMap(({ points }) => points.filter(({ x, y }) => !Number.isNaN(x + y)));
  if (visible.length === 0) return figure({ title, caption, picture: emptyPicture("No values to draw.") });

  const panels = [...new Set(lines.map(({ panel = "" }) => panel))];
  const yRange = extent(visible.map(({ y }) => y));
  const x = { label: xLabel, domain: options.xDomain ?? widened(extent(visible.map((point) => point.x))) };
  const y = {
    label: yLabel,
    type: yType,
    domain: options.yDomain ?? (yType === "log" ? logPadded(yRange) : padded(yRange)),
    ticks: panels.length > 1 ? 3 : 5,
  };
  const clip = options.yDomain === undefined ? undefined : "frame";
  const marks: Plot.Markish[] = [
    axisY(y),
    axisX(x),
    yType === "linear" && y.domain[0] < 0 && y.domain[1] > 0
      ? Plot.ruleY([0], { stroke: "var(--rule)" })
      : null,
    ...lines.map(({ points, color, dashed }) =>
      Plot.line(points, {
        x: "x",
        y: "y",
        fy: "panel",
        stroke: color,
        strokeWidth: 1.8,
        ...(dashed ? { strokeDasharray: "5 3" } : {}),
        ...(clip ? { clip } : {}),
      }),
    ),
    ...lines.map(({ points, color }) =>
      Plot.dot(alone(points), { x: "x", y: "y", fy: "panel", r: 3, fill: color }),
    ),
    panels.length > 1
      ? Plot.text(panels, {
          fy: (d) => d,
          text: (d) => d,
          frameAnchor: "top-right",
          dy: 2,
          fontWeight: 600,
          fill: "var(--ink)",
          stroke: "var(--card)",
          strokeWidth: 4,
        })
      : null,
    ...(marker && marker.x >= x.domain[0] && marker.x <= x.domain[1]
      ? markerMarks(marker, lines, y.domain)
      : []),
  ];
  const legend = labels.map((label) => lines.find((line) => line.label === label)!);
  return figure({
    title,
    caption,
    legend: legend.length > 1 ? legend : [],
    picture: picture({
      title,
      description: `Lines: ${labels.join(", ")}. Vertical axis: ${yLabel || "value"}. Horizontal axis: ${xLabel}.`,
      height,
      plot: { x: scale(x), y: scale(y), fy: { domain: panels, axis: null, padding: 0.12 }, marks },
    }),
  });
}

function pointsOf({ x, y, panel = "" }: LineSeries, type: "linear" | "log"): Point[] {
  return Array.from({ length: Math.min(x.length, y.length) }, (_, i) => {
    const value = finite(y[i]);
    return { x: finite(x[i]), y: type === "log" && value <= 0 ? Number.NaN : value, panel };
  });
}

/** The points of a line that has only one: a line through it would not be seen. */
function alone(points: readonly Point[]): Point[] {
  const known = points.filter(({ x, y }) => !Number.isNaN(x + y));
  return known.length === 1 ? known : [];
}

function markerMarks(
  marker: Marker,
  lines: readonly { readonly points: readonly Point[]; readonly color: Color }[],
  [low, high]: readonly [number, number],
): Plot.Markish[] {
  return [
    Plot.ruleX([marker.x], { stroke: "var(--muted)", strokeDasharray: "2 3" }),
    Plot.text([marker.label], { frameAnchor: "top-right", dy: -19, fill: "var(--muted)" }),
    ...lines.map(({ points, color }) =>
      Plot.dot(
        points.filter(({ x, y }) => x === marker.x && y >= low && y <= high),
        { x: "x", y: "y", fy: "panel", r: 3.5, fill: color, stroke: "var(--card)", strokeWidth: 1.5 },
      ),
    ),
  ];
}

function widened([low, high]: readonly [number, number]): [number, number] {
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

function logPadded([low, high]: readonly [number, number]): [number, number] {
  const factor = low < high ? (high / low) ** 0.05 : 2;
  return [low / factor, high * factor];
}
