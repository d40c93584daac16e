import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { normal, RandomStream } from "../../src/random";

/** Numbers with a shape, in double precision. */
export interface Values {
  readonly data: readonly number[];
  readonly shape: readonly number[];
}

export type Named<T> = Readonly<Record<string, T>>;

/** Standard normal numbers that float32 holds exactly. */
export function randomValues(seed: string | number, shape: readonly number[], scale = 1): Values {
  const size = shape.reduce((product, n) => product * n, 1);
  const draws = normal(RandomStream.fromSeed("values").fork(seed), size, 0, scale);
  return { data: Array.from(draws), shape };
}

export function toTensor({ data, shape }: Values): Tensor {
  return tensor(Float32Array.from(data), [...shape], "float32");
}

/** Largest difference, relative to the largest expected value but no less than `floor`; infinite for NaNs and other lengths. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = floor;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const difference = Math.abs(actual[i]! - expected[i]!);
    error = Math.max(error, Number.isNaN(difference) ? Infinity : difference);
  }
  return error / largest;
}
