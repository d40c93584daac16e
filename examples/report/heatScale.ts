import { type Html, html } from "./html";
import { written } from "./numbers";
import { heatColor, heatLevels } from "./palette";
import { linearTicks } from "./ticks";

/** The range of a heat map's colours: 0 is the weakest, `top` the strongest. */
export interface HeatScale {
  readonly top: number;
  readonly unit: string;
  /** The key's ticks are whole numbers. @default false */
  readonly whole?: boolean;
}

/**
 * The colour step of a value: `sqrt(value / top)`, in `heatLevels` steps. The square root gives counts the same spread
 * at every rate (the variance of a Poisson count grows with its mean) and keeps slow channels visible beside fast ones.
 */
export function heatLevel(value: number, top: number): number {
  if (!(value > 0) || !(top > 0)) return 0;
  return Math.round(Math.sqrt(Math.min(value / top, 1)) * (heatLevels - 1));
}

/** A colour bar with ticks. */
export function heatKey({ top, unit, whole = false }: HeatScale): Html {
  const [width, barHeight] = [132, 7];
  const step = width / heatLevels;
  const at = (value: number) => 4 + Math.sqrt(value / top) * width;
  const ticks = top > 0 ? apart(keyTicks(top, whole), at) : [0];
  const bar = Array.from(
    { length: heatLevels },
    (_, i) =>
      html`<rect x="${(4 + i * step).toFixed(2)}" width="${(step + 0.3).toFixed(2)}" height="${barHeight}" fill="${heatColor(i)}"/>`,
  );
  const marks = ticks.map(
    (tick) => html`<text x="${(top > 0 ? at(tick) : 4).toFixed(1)}" y="18">${written(tick)}</text>`,
  );
  return html`<svg class="heatkey" role="img" aria-label="Colours from 0 to ${written(top)} ${unit}" width="200" height="22"
 viewBox="0 0 200 22" font-size="10" text-anchor="middle" fill="currentColor">${bar}${marks}<text x="142" y="8"
 text-anchor="start">${unit}</text></svg>`;
}

function keyTicks(top: number, whole: boolean): number[] {
  const fine = linearTicks([0, top], 20);
  const coarse = linearTicks([0, top], 4);
  const candidates = [...new Set([0, ...coarse, ...fine])].filter((tick) => !whole || Number.isInteger(tick));
  return candidates;
}

/** The candidates, first come first served, that stand at least 24 pixels from each other. */
function apart(candidates: readonly number[], at: (value: number) => number): number[] {
  const kept: number[] = [];
  for (const tick of candidates) {
    if (kept.every((other) => Math.abs(at(tick) - at(other)) >= 24)) kept.push(tick);
  }
  return kept;
}
