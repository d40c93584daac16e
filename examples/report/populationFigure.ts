import * as Plot from "@observablehq/plot";
import { axisX, axisY, scale } from "./axes";
import { emptyPicture, figure } from "./figure";
import type { Html } from "./html";
import { extent, padded } from "./numbers";
import { accent } from "./palette";
import { picture } from "./picture";

/** A member after a generation. */
export interface PopulationPoint {
  readonly generation: number;
  readonly value: number;
  /** Where it came from. @default nowhere: it was fresh */
  readonly from?: { readonly generation: number; readonly value: number } | undefined;
  /** Whether it is an ancestor of the best, or the best. @default false */
  readonly winning?: boolean;
}

export interface PopulationFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string;
  readonly yLabel: string;
  /** @default "linear" */
  readonly yType?: "linear" | "log";
  readonly points: readonly PopulationPoint[];
}

/** A population over its generations: a dot for every member, a line to where it came from, the winning line in colour. */
export function populationFigure({
  title,
  caption,
  yLabel,
  yType = "linear",
  points,
}: PopulationFigureOptions): Html {
  const seen = points.filter(({ value }) => Number.isFinite(value) && (yType === "linear" || value > 0));
  if (seen.length === 0) return figure({ title, caption, picture: emptyPicture("No values to draw.") });
  const [low, high] = extent(seen.map(({ value }) => value));
  const generations = extent(seen.map(({ generation }) => generation));
  const x = { label: "generation", domain: padded(generations, 0.03), ticks: whole(generations) };
  const y = {
    label: yLabel,
    type: yType,
    domain: yType === "log" ? ([low / 1.3, high * 1.3] as const) : padded([low, high]),
    ticks: seen.every(({ value }) => Number.isInteger(value)) ? whole([low, high]) : 5,
  };
  const links = (winning: boolean) =>
    seen.flatMap((to) => {
      const drawn = to.from && Number.isFinite(to.from.value) && (to.winning ?? false) === winning;
      return drawn ? [{ x1: to.from!.generation, y1: to.from!.value, x2: to.generation, y2: to.value }] : [];
    });
  const ends = { x1: "x1", y1: "y1", x2: "x2", y2: "y2" } as const;
  return figure({
    title,
    caption,
    picture: picture({
      title,
      description: `Members of a population: ${yLabel} over generations, the line that led to the best in colour.`,
      plot: {
        x: scale(x),
        y: scale(y),
        marks: [
          axisY(y),
          axisX(x),
          Plot.link(links(false), { ...ends, stroke: "var(--muted)", strokeOpacity: 0.35 }),
          Plot.dot(seen, { x: "generation", y: "value", r: 1.8, fill: "var(--muted)", fillOpacity: 0.7 }),
          Plot.link(links(true), { ...ends, stroke: accent, strokeWidth: 2 }),
          Plot.dot(
            seen.filter(({ winning }) => winning),
            { x: "generation", y: "value", r: 3, fill: accent },
          ),
        ],
      },
    }),
  });
}

/** Ticks of an axis of whole numbers: none between them. */
function whole([low, high]: readonly [number, number]): number {
  return Math.min(5, Math.max(1, high - low));
}
