import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * Where a model takes its random numbers from: every draw has a name. A name stands for one set of numbers,
 * so use each name once (also across the kinds of draw), and a new fork for every step. All tensors are
 * float32.
 */
export interface Draws {
  /** Standard normal draws. */
  normal(name: string, shape: readonly number[]): Tensor;
  /** `value`, by default 1, with the given probability, else 0. */
  bernoulli(name: string, shape: readonly number[], probability: number, value?: number): Tensor;
  /** Chi-squared draws with `df` degrees of freedom. */
  chiSquared(name: string, shape: readonly number[], df: number): Tensor;
  /** low, ..., highExclusive - 1, equally likely; bounds within +-2^24, where float32 is exact. */
  integers(name: string, shape: readonly number[], low: number, highExclusive: number): Tensor;
  /** Another set of draws, with names of its own. */
  fork(name: string | number): Draws;
}
