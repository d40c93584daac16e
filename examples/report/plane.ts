import type { Markish } from "@observablehq/plot";
import { axisX, axisY, scale } from "./axes";
import type { Html } from "./html";
import { extent } from "./numbers";
import { picture } from "./picture";

/** A point of a picture of the plane. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** What {@link planePicture} draws. */
export interface PlanePictureOptions {
  readonly title: string;
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Height in pixels, at a width of 360. */
  readonly height: number;
  /** All that is to be seen. */
  readonly points: readonly PlanePoint[];
  readonly marks: readonly Markish[];
}

/** A picture of the plane around points, one unit as long across as up. */
export function planePicture(options: PlanePictureOptions): Html {
  const { title, description, xLabel, yLabel, height, points, marks } = options;
  const margins = { marginLeft: 44, marginRight: 10, marginTop: 22, marginBottom: 36 };
  const [across, up] = [
    360 - margins.marginLeft - margins.marginRight,
    height - margins.marginTop - margins.marginBottom,
  ];
  const [xRange, yRange] = [extent(points.map(({ x }) => x)), extent(points.map(({ y }) => y))];
  const perPixel = 1.15 * Math.max((xRange[1] - xRange[0]) / across, (yRange[1] - yRange[0]) / up) || 1 / up;
  const x = { label: xLabel, domain: around(xRange, perPixel * across) };
  const y = { label: yLabel, domain: around(yRange, perPixel * up) };
  const plot = { ...margins, x: scale(x), y: scale(y), marks: [axisY(y), axisX(x), ...marks] };
  return picture({ title, description, height, plot });
}

function around([low, high]: readonly [number, number], width: number): readonly [number, number] {
  const middle = (low + high) / 2;
  return [middle - width / 2, middle + width / 2];
}
