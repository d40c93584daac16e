import type { NdArray } from "../data/ndarray";
import { logFactorial } from "./logFactorial";
import { requireSameShape } from "./table";

/** Rates below this count as this many spikes per bin, so that a spike where none was expected costs a finite amount. */
export const RATE_FLOOR = 1e-9;

/**
 * Poisson negative log-likelihood in nats, summed over everything observed:
 * `sum(r - k log r + log Gamma(k + 1))`, rates floored at 1e-9.
 *
 * @example
 * ```ts
 * import { ndarray, poissonNll } from "lfads";
 *
 * const spikes = ndarray(Float32Array.of(0, 1, Number.NaN), [1, 3, 1]); // the last bin was not observed
 * const rates = ndarray(Float32Array.of(0.5, 1, 9), [1, 3, 1]);
 * console.log(poissonNll(rates, spikes).toFixed(1)); // 1.5
 * ```
 * @param rates expected spikes per bin (not log-rates), any shape
 * @param spikes counts of the same shape; NaN marks an unobserved bin, which is left out
 * @throws if the shapes differ, a rate is negative or (where spikes are observed) not finite, or a count is negative
 */
export function poissonNll(rates: NdArray, spikes: NdArray): number {
  checkCounts("poissonNll", rates, spikes);
  let sum = 0;
  for (let i = 0; i < spikes.data.length; i++) {
    const k = spikes.data[i]!;
    if (Number.isNaN(k)) continue;
    sum += poissonCost(rates.data[i]!, k);
    sum += logFactorial(k);
  }
  return sum;
}

/** `r - k log r`, the part of the negative log-likelihood that the rate changes. */
export function poissonCost(rate: number, count: number): number {
  const r = Math.max(rate, RATE_FLOOR);
  return count === 0 ? r : r - count * Math.log(r);
}

/** The rules for rates and counts shared by the Poisson metrics. */
export function checkCounts(caller: string, rates: NdArray, spikes: NdArray): void {
  requireSameShape(caller, "rates and spikes", rates, spikes);
  for (let i = 0; i < spikes.data.length; i++) {
    const k = spikes.data[i]!;
    if (Number.isNaN(k)) continue;
    const rate = rates.data[i]!;
    if (!(rate >= 0 && rate < Infinity)) {
      throw new RangeError(
        `${caller}: rates must be finite and not negative (spikes per bin, not log-rates), got ${rate} at ${i}`,
      );
    }
    if (!(k >= 0 && k < Infinity)) {
      throw new RangeError(`${caller}: spikes must be counts or NaN, got ${k} at ${i}`);
    }
  }
}
