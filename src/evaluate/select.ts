import { type NdArray, ndarray } from "../data/ndarray";
import { requireTrials } from "./table";

/** A block of a `[trials, bins, channels]` array; ends are exclusive and default to the whole axis. */
export interface Region {
  readonly bins?: readonly [from: number, to: number];
  readonly channels?: readonly [from: number, to: number];
}

/**
 * Copies a block of bins and channels of every trial, in float64.
 *
 * @example
 * ```ts
 * import { ndarray, selectRegion } from "lfads";
 *
 * const counts = ndarray(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 2]); // 3 bins of 2 channels
 * console.log(selectRegion(counts, { bins: [1, 3], channels: [0, 1] }).data.join()); // 3,5
 * ```
 */
export function selectRegion(array: NdArray, region: Region): NdArray<Float64Array> {
  const [trials, bins, channels] = requireTrials("selectRegion", "the array", array);
  const [firstBin, endBin] = checkedRange("bins", region.bins, bins);
  const [firstChannel, endChannel] = checkedRange("channels", region.channels, channels);
  const width = endChannel - firstChannel;
  const data = new Float64Array(trials * (endBin - firstBin) * width);
  let next = 0;
  for (let trial = 0; trial < trials; trial++) {
    for (let bin = firstBin; bin < endBin; bin++) {
      const start = (trial * bins + bin) * channels;
      for (let channel = firstChannel; channel < endChannel; channel++)
        data[next++] = array.data[start + channel]!;
    }
  }
  return ndarray(data, [trials, endBin - firstBin, width]);
}

/** The chosen columns of the last axis, in the given order, in float64: `selectColumns(behavior, [0, 1])`. */
export function selectColumns(array: NdArray, columns: readonly number[]): NdArray<Float64Array> {
  const width = array.shape[array.shape.length - 1] ?? 0;
  for (const column of columns) {
    if (!Number.isInteger(column) || column < 0 || column >= width) {
      throw new RangeError(`selectColumns: columns must be integers in [0, ${width}), got ${column}`);
    }
  }
  const rows = width === 0 ? 0 : array.data.length / width;
  const data = new Float64Array(rows * columns.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = array.data[Math.floor(i / columns.length) * width + columns[i % columns.length]!]!;
  }
  return ndarray(data, [...array.shape.slice(0, -1), columns.length]);
}

/** The chosen trials (entries of the first axis), in the given order, in float64. */
export function takeTrials(array: NdArray, trials: ArrayLike<number>): NdArray<Float64Array> {
  const rest = array.shape.slice(1);
  const size = rest.reduce((product, length) => product * length, 1);
  const data = new Float64Array(trials.length * size);
  for (let i = 0; i < trials.length; i++) {
    data.set(array.data.subarray(trials[i]! * size, (trials[i]! + 1) * size), i * size);
  }
  return ndarray(data, [trials.length, ...rest]);
}

/** Joins arrays that agree in all axes but the last along that axis, in float64. */
export function joinColumns(parts: readonly NdArray[]): NdArray<Float64Array> {
  const outer = parts[0]?.shape.slice(0, -1) ?? [];
  for (const { shape } of parts) {
    if (shape.slice(0, -1).join() !== outer.join()) {
      throw new RangeError(
        `joinColumns: arrays must agree in all axes but the last, got [${parts[0]?.shape}] and [${shape}]`,
      );
    }
  }
  const rows = outer.reduce((product, length) => product * length, 1);
  const widths = parts.map(({ shape }) => shape[shape.length - 1] ?? 0);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const data = new Float64Array(rows * total);
  for (let row = 0; row < rows; row++) {
    let to = row * total;
    parts.forEach((part, i) => {
      data.set(part.data.subarray(row * widths[i]!, (row + 1) * widths[i]!), to);
      to += widths[i]!;
    });
  }
  return ndarray(data, [...outer, total]);
}

function checkedRange(axis: string, range: Region["bins"], size: number): readonly [number, number] {
  const [from, to] = range ?? [0, size];
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > size) {
    throw new RangeError(`selectRegion: ${axis} must be a range inside [0, ${size}], got [${from}, ${to}]`);
  }
  return [from, to];
}
