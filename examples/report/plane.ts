import { extent } from "./numbers";

/** A point of a picture of the plane. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** Margins, and domains around points in which one unit is as long across as up, at a width of 360 pixels. */
export function planeScales(points: readonly PlanePoint[], height: number) {
  const margins = { marginLeft: 44, marginRight: 10, marginTop: 22, marginBottom: 36 };
  const [across, up] = [
    360 - margins.marginLeft - margins.marginRight,
    height - margins.marginTop - margins.marginBottom,
  ];
  const [xRange, yRange] = [extent(points.map(({ x }) => x)), extent(points.map(({ y }) => y))];
  const perPixel = 1.15 * Math.max((xRange[1] - xRange[0]) / across, (yRange[1] - yRange[0]) / up) || 1 / up;
  return { margins, xDomain: around(xRange, perPixel * across), yDomain: around(yRange, perPixel * up) };
}

function around([low, high]: readonly [number, number], width: number): readonly [number, number] {
  const middle = (low + high) / 2;
  return [middle - width / 2, middle + width / 2];
}
