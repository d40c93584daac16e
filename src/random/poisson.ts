import { exp, log } from "./arithmetic";
import type { RandomBlock } from "./block";
import { poissonLogProbability } from "./poissonLogProbability";
import type { RandomStream } from "./stream";

/**
 * One Poisson count for each rate. Exact for all rates (up to the 2^-52 steps of the uniform numbers inside);
 * counts above 2^24 are rounded to float32.
 *
 * @param rates expected counts (spikes per bin), 0 to 2^53
 * @throws if a rate is not a number from 0 to 2^53
 */
export function poisson(stream: RandomStream, rates: ArrayLike<number>): Float32Array {
  for (let i = 0; i < rates.length; i++) {
    const rate = rates[i]!;
    if (!(rate >= 0 && rate <= 0x20000000000000)) {
      throw new Error(`poisson: rates must be numbers from 0 to 2^53, got ${rate} at ${i}`);
    }
  }
  const counts = new Float32Array(rates.length);
  const block = stream.block();
  for (let i = 0; i < rates.length; i++) {
    const rate = rates[i]!;
    counts[i] = rate < 10 ? byMultiplication(block, rate) : byRejection(block, rate);
  }
  return counts;
}

/**
 * The number of arrivals in unit time: gaps are -log(u) / rate, so count uniforms until their product is
 * below e^-rate.
 */
function byMultiplication(block: RandomBlock, rate: number): number {
  const limit = exp(-rate);
  let count = 0;
  for (let product = block.uniform(); product > limit; product *= block.uniform()) count++;
  return count;
}

/**
 * Transformed rejection with squeeze (PTRS), for rates of 10 and above.
 *
 * Source: Hormann 1993, The Transformed Rejection Method for Generating Poisson Random Variables, Insurance:
 * Mathematics and Economics 12.
 */
function byRejection(block: RandomBlock, rate: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = block.uniform() - 0.5;
    const v = block.uniform();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + rate + 0.43);
    if (edge >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (edge < 0.013 && v > edge)) continue;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    if (log((v * inverseAlpha) / (a / (edge * edge) + b)) <= poissonLogProbability(k, rate)) return k;
  }
}
