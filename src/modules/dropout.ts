import type { Tensor } from "@tensorflow/tfjs-core";
import { masked } from "../ops";
import type { Draws } from "../random";

/** Dropout with named masks; null means none, as in inference. */
export type Dropout = {
  /** Probability of dropping an element. */
  readonly rate: number;
  readonly draws: Draws;
} | null;

/** A mask of 0 and `1 / (1 - rate)`, or null without dropout. */
export function dropoutMask(dropout: Dropout, name: string, shape: number[]): Tensor | null {
  if (!dropout || dropout.rate === 0) return null;
  const pass = 1 - dropout.rate;
  return dropout.draws.bernoulli(name, shape, pass, 1 / pass);
}

/** `x` with elements dropped and the rest scaled up by `1 / (1 - rate)`. */
export function drop(x: Tensor, dropout: Dropout, name: string): Tensor {
  const mask = dropoutMask(dropout, name, x.shape);
  return mask ? masked(x, mask) : x;
}
