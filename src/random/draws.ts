import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { bernoulli } from "./bernoulli";
import { chiSquared } from "./chiSquared";
import { integers } from "./integers";
import { normal } from "./normal";
import type { RandomStream } from "./stream";

/**
 * Where a model takes its random numbers from: every draw has a name. A name stands for one set of numbers,
 * so use each name once (also across the kinds of draw), and a new fork for every step. All tensors are
 * float32.
 */
export interface Draws {
  /** Standard normal draws. */
  normal(name: string, shape: readonly number[]): Tensor;
  /** 1 with the given probability, else 0. */
  bernoulli(name: string, shape: readonly number[], probability: number): Tensor;
  /** Chi-squared draws with `df` degrees of freedom. */
  chiSquared(name: string, shape: readonly number[], df: number): Tensor;
  /** low, ..., highExclusive - 1, equally likely; bounds within +-2^24, where float32 is exact. */
  integers(name: string, shape: readonly number[], low: number, highExclusive: number): Tensor;
  /** Another set of draws, with names of its own. */
  fork(name: string | number): Draws;
}

/**
 * Draws from a random stream: the draw called `name` comes from `stream.fork(name)`, so its numbers depend on
 * the stream's key and the name alone, not on the order of the draws, and the same name gives the same
 * numbers.
 */
export function streamDraws(stream: RandomStream): Draws {
  return {
    normal: (name, shape) => toTensor(shape, normal(stream.fork(name), size("normal", shape))),
    bernoulli: (name, shape, probability) =>
      toTensor(shape, bernoulli(stream.fork(name), size("bernoulli", shape), probability)),
    chiSquared: (name, shape, df) =>
      toTensor(shape, chiSquared(stream.fork(name), size("chiSquared", shape), df)),
    integers: (name, shape, low, highExclusive) => {
      if (Math.abs(low) > 0x1000000 || Math.abs(highExclusive) > 0x1000000) {
        throw new Error(`Draws.integers: bounds must be from -2^24 to 2^24, got ${low} and ${highExclusive}`);
      }
      const values = integers(stream.fork(name), size("integers", shape), low, highExclusive);
      return toTensor(shape, Float32Array.from(values));
    },
    fork: (name) => streamDraws(stream.fork(name)),
  };
}

function size(caller: string, shape: readonly number[]): number {
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new Error(`Draws.${caller}: shape must be non-negative integers, got [${shape}]`);
  }
  return shape.reduce((product, length) => product * length, 1);
}

function toTensor(shape: readonly number[], values: Float32Array): Tensor {
  return tensor(values, [...shape], "float32");
}
