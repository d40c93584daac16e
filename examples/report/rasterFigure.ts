import type { NdArray } from "../../src/data/ndarray";
import { type HeatmapFigureOptions, heatmapFigure } from "./heatmapFigure";
import type { Html } from "./html";

export interface RasterFigureOptions extends Omit<HeatmapFigureOptions, "values" | "unit" | "whole"> {
  /** Spike counts, `[bins, channels]`. */
  readonly spikes: NdArray;
}

/** Spike counts of one trial: a raster for bins that may hold more than one spike. */
export function rasterFigure({ spikes, ...options }: RasterFigureOptions): Html {
  return heatmapFigure({ ...options, values: spikes, unit: "spikes/bin", whole: true });
}
