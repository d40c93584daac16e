/** The number arrays a data set may hold. */
export type NumericData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array;

/**
 * Numbers with a shape, row-major (the last index runs fastest). Counts, rates and latents are
 * `[trials, bins, channels]`.
 */
export interface NdArray<D extends NumericData = NumericData> {
  readonly data: D;
  readonly shape: readonly number[];
}

/**
 * An {@link NdArray} of these numbers; the data is not copied.
 *
 * @example
 * ```ts
 * import { ndarray } from "lfads";
 *
 * const spikes = ndarray(Uint8Array.of(0, 1, 2, 0, 1, 0), [1, 3, 2]); // 1 trial, 3 bins, 2 channels
 * console.log(spikes.data[1 * 2 + 0]); // 2
 * ```
 * @throws if a dimension is not a whole number, or the data does not fill the shape exactly
 */
export function ndarray<D extends NumericData>(data: D, shape: readonly number[]): NdArray<D> {
  checkShape("ndarray", { data, shape });
  return { data, shape: [...shape] };
}

/** The number of elements of a shape: the product of its dimensions, 1 for `[]`. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** @throws if `array` has a dimension that is not a whole number, or its data does not fill its shape exactly */
export function checkShape(what: string, { data, shape }: NdArray): void {
  if (!shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) {
    throw new Error(`${what}: dimensions must be whole numbers, got [${shape}]`);
  }
  if (data.length !== elementCount(shape)) {
    throw new Error(
      `${what}: shape [${shape}] needs ${elementCount(shape)} elements, got ${data.length} in the data`,
    );
  }
}
