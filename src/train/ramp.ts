/** When a regulariser comes in. */
export interface Ramp {
  /** First epoch, counted from 0, with a weight above 0. @default 0 */
  readonly start?: number;
  /** Epochs from there to the full weight. @default 0 */
  readonly increase?: number;
}

/**
 * Weight of a regulariser in an epoch counted from 0: `clamp((epoch + 1 - start) / (increase + 1), 0, 1)`.
 *
 * @example
 * ```ts
 * import { ramp } from "lfads";
 *
 * const weights = [0, 1, 2, 3, 4].map((epoch) => ramp(epoch, { start: 1, increase: 3 }));
 * console.log(weights.join()); // 0,0.25,0.5,0.75,1
 * ```
 */
export function ramp(epoch: number, { start = 0, increase = 0 }: Ramp): number {
  return Math.min(1, Math.max(0, (epoch + 1 - start) / (increase + 1)));
}

/** The first epoch, counted from 0, in which all of `ramps` are at their full weight. */
export function rampsEnd(ramps: readonly Ramp[]): number {
  return Math.max(0, ...ramps.map(({ start = 0, increase = 0 }) => start + increase));
}
