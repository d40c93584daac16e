import { type NdArray, ndarray } from "../../src/data/ndarray";
import { normal } from "../../src/random/normal";
import { permutation } from "../../src/random/permutation";
import { poisson } from "../../src/random/poisson";
import { RandomStream } from "../../src/random/stream";

/** An array of these numbers. */
export const array = (values: readonly number[], shape: readonly number[]): NdArray<Float64Array> =>
  ndarray(Float64Array.from(values), shape);

/** Standard normal numbers that depend on the name only. */
export function gaussians(name: string, shape: readonly number[]): NdArray<Float64Array> {
  const count = shape.reduce((product, length) => product * length, 1);
  return ndarray(Float64Array.from(normal(RandomStream.fromSeed(name), count)), shape);
}

/** Poisson counts with these rates. */
export const counts = (name: string, rates: NdArray): NdArray<Float64Array> =>
  ndarray(Float64Array.from(poisson(RandomStream.fromSeed(name), rates.data)), rates.shape);

/** The same numbers in a new array. */
export const mapped = (of: NdArray, change: (value: number, i: number) => number): NdArray<Float64Array> =>
  ndarray(Float64Array.from(of.data, change), of.shape);

/** Reorders the rows of the last axis. */
export function shuffledRows(of: NdArray, seed: number): NdArray<Float64Array> {
  const columns = of.shape[of.shape.length - 1]!;
  const order = permutation(RandomStream.fromSeed(seed), of.data.length / columns);
  return mapped(of, (_, i) => of.data[order[Math.floor(i / columns)]! * columns + (i % columns)]!);
}

/** The regression problem whose solutions the tests took from an independent numpy program. */
export function waves(rows: number): {
  readonly x: NdArray<Float64Array>;
  readonly y: NdArray<Float64Array>;
} {
  const x = array(
    Array.from({ length: rows * 3 }, (_, at) => {
      const [i, j] = [Math.floor(at / 3), at % 3];
      return Math.sin(1.3 * i * (j + 1) + j);
    }),
    [rows, 3],
  );
  const y = array(
    Array.from({ length: rows * 2 }, (_, at) => {
      const [i, j] = [Math.floor(at / 2), at % 2];
      return 0.5 * Math.cos(0.7 * i + j) + (j + 1) * x.data[i * 3 + j]! + x.data[i * 3 + 2]!;
    }),
    [rows, 2],
  );
  return { x, y };
}
