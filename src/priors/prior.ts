import type { Tensor } from "@tensorflow/tfjs-core";
import type { Posterior } from "../modules/encoders";
import type { Parameters } from "../modules/parameters";
import type { Draws } from "../random";

/**
 * Prior of a latent variable and the family of its posterior: a diagonal location-scale family, sampled as
 * `mean + std * noise`.
 */
export interface Prior {
  /** Parameters that training leaves alone. */
  readonly frozen: readonly string[];
  /** New parameters for a latent of `size` dimensions; the caller owns the tensors. */
  init(size: number): Parameters;
  /** Standard noise of the posterior family. */
  noise(draws: Draws, name: string, shape: readonly number[]): Tensor;
  /**
   * Kullback-Leibler divergence of the posterior from the prior, a scalar averaged over trials.
   *
   * @param posterior mean and std, `[trials, size]` or `[trials, bins, size]`
   * @param name under which a Monte-Carlo estimate draws its noise
   */
  divergence(parameters: Parameters, posterior: Posterior, draws: Draws, name: string): Tensor;
}

/** @throws if `value` is not a positive number */
export function requirePositive(where: string, name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new Error(`${where}: ${name} must be a positive number, got ${value}`);
  }
}
