import type { NdArray } from "../../src/data/ndarray";
import { axisX } from "./axes";
import { emptyPicture, figure } from "./figure";
import { type HeatScale, heatKey, heatLevel } from "./heatScale";
import type { Html } from "./html";
import { extent, written } from "./numbers";
import { heatColor, heatLevels } from "./palette";
import { picture } from "./picture";

/** Neighbouring rows of a heat map that belong together, such as the held-in channels. */
export interface RowGroup {
  readonly label: string;
  /** The channels from top to bottom, each an index into the last dimension of the values. */
  readonly channels: readonly number[];
}

export interface HeatmapFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string | undefined;
  /** `[bins, channels]`; what is not finite stays blank. */
  readonly values: NdArray;
  readonly binSeconds: number;
  /** The unit of the values, for the colour key. */
  readonly unit: string;
  /** The value with the strongest colour. @default the largest value */
  readonly top?: number;
  /** The key's ticks are whole numbers. @default false */
  readonly whole?: boolean;
  /** The rows, group by group from the top. @default all channels, first on top */
  readonly rows?: readonly RowGroup[];
  /** Height in pixels, at a width of 360. @default 340 */
  readonly height?: number;
}

interface PlacedGroup extends RowGroup {
  readonly start: number;
  readonly end: number;
}

/** Channels (rows) by time (columns), every bin coloured by its value. */
export function heatmapFigure(options: HeatmapFigureOptions): Html {
  const { title, caption, values, binSeconds, unit, whole = false, height = 340 } = options;
  const [bins = 0, channels = 0] = values.shape;
  const all = [{ label: `${channels} channels`, channels: [...Array(channels).keys()] }];
  const groups = placed(options.rows ?? all);
  const end = groups.at(-1)?.end ?? 0;
  if (bins === 0 || end === 0) {
    return figure({ title, caption, picture: emptyPicture("No bins or channels to draw.") });
  }
  const scale: HeatScale = { top: options.top ?? extent(values.data)[1], unit, whole };
  const seconds = bins * binSeconds;
  const names = groups.map(({ label }) => label).join(" and ");
  return figure({
    title,
    caption,
    legend: heatKey(scale),
    picture: picture({
      title,
      description: `Heat map: ${names} as rows, ${bins} bins over ${written(seconds)} s as columns. Values in ${unit}; stronger colours mean more.`,
      height,
      plot: {
        marginTop: 2,
        marginLeft: 24,
        x: { domain: [0, seconds], label: null },
        y: { domain: [0, end], reverse: true, axis: null },
        marks: [
          (_index, { x, y }, _values, _dimensions, { document }) =>
            cells(document, values, scale.top, groups, {
              x: (bin) => x?.(bin * binSeconds),
              y: (row) => y?.(row),
            }),
          axisX({ label: "time (s)", domain: [0, seconds] }),
        ],
      },
    }),
  });
}

/** The groups below each other, with a small gap between them. */
function placed(rows: readonly RowGroup[]): PlacedGroup[] {
  const filled = rows.filter(({ channels }) => channels.length > 0);
  const gap = 0.02 * filled.reduce((count, { channels }) => count + channels.length, 0);
  let start = -gap;
  return filled.map((group) => {
    start += gap;
    const place = { ...group, start, end: start + group.channels.length };
    start = place.end;
    return place;
  });
}

/** One path per colour step, made of runs of bins that share it. */
function cells(
  document: Document,
  { data, shape }: NdArray,
  top: number,
  groups: readonly PlacedGroup[],
  place: { readonly x: (bin: number) => number; readonly y: (row: number) => number },
): SVGElement {
  const [bins = 0, channels = 0] = shape;
  const paths: string[] = Array(heatLevels).fill("");
  const round = (pixels: number) => Math.round(pixels * 10) / 10;
  const level = (bin: number, channel: number) => {
    const value = data[bin * channels + channel];
    return value !== undefined && Number.isFinite(value) ? heatLevel(value, top) : -1;
  };
  for (const group of groups) {
    for (const [i, channel] of group.channels.entries()) {
      const [above, below] = [round(place.y(group.start + i)), round(place.y(group.start + i + 1))];
      for (let bin = 0, next = 0; bin < bins; bin = next) {
        const here = level(bin, channel);
        for (next = bin + 1; next < bins && level(next, channel) === here; next++);
        if (here >= 0)
          paths[here] +=
            `M${round(place.x(bin))},${above}H${round(place.x(next))}V${below}H${round(place.x(bin))}Z`;
      }
    }
  }
  const element = (name: string, attributes: Readonly<Record<string, string>>, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name) as SVGElement;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  const result = element("g", {});
  const cellGroup = element("g", { "shape-rendering": "crispEdges" });
  for (const [i, d] of paths.entries()) if (d) cellGroup.append(element("path", { fill: heatColor(i), d }));
  const labels = groups.map(({ label, start, end }) =>
    element(
      "text",
      { transform: `translate(14,${round(place.y((start + end) / 2))}) rotate(-90)`, fill: "var(--muted)" },
      label,
    ),
  );
  result.append(cellGroup, ...labels);
  return result;
}
