/**
 * Exponential smoothing of a score over epochs: `coefficient * previous + (1 - coefficient) * current`; the first epoch
 * counts as it is.
 *
 * @param coefficient weight of the past. @default 0.3
 */
export function smooth(previous: number | null, current: number, coefficient = 0.3): number {
  return previous === null ? current : coefficient * previous + (1 - coefficient) * current;
}
