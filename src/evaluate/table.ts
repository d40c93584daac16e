import type { NdArray } from "../data/ndarray";

/** A row-major float64 matrix: what the regressions of this folder work on. */
export interface Table {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Views an array of any rank as rows of its last axis, in float64: `[trials, bins, channels]` gives `trials * bins` rows. */
export function toTable(array: NdArray): Table {
  const columns = array.shape[array.shape.length - 1] ?? 1;
  const data = array.data instanceof Float64Array ? array.data : Float64Array.from(array.data);
  return { data, rows: columns === 0 ? 0 : data.length / columns, columns };
}

/** The chosen rows, in the given order. */
export function takeRows({ data, columns }: Table, rows: ArrayLike<number>): Table {
  const taken = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * columns;
    taken.set(data.subarray(start, start + columns), i * columns);
  }
  return { data: taken, rows: rows.length, columns };
}

/** Mean of every column. */
export function columnMeans({ data, rows, columns }: Table): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) means[i % columns]! += data[i]! / rows;
  return means;
}

/** Numbers of the rows without a NaN. */
export function completeRows({ data, rows, columns }: Table): Int32Array {
  const kept: number[] = [];
  for (let i = 0; i < rows; i++) {
    let complete = true;
    for (let j = i * columns; j < (i + 1) * columns; j++) complete &&= !Number.isNaN(data[j]!);
    if (complete) kept.push(i);
  }
  return Int32Array.from(kept);
}

/** @throws if any entry is not finite. */
export function requireFinite(caller: string, name: string, { data, columns }: Table): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / columns);
    throw new RangeError(
      `${caller}: ${name} must be finite, got ${data[bad]} in row ${row}, column ${bad % columns}`,
    );
  }
}

/** @throws if the two arrays differ in shape. */
export function requireSameShape(caller: string, names: string, a: NdArray, b: NdArray): void {
  if (a.shape.join() !== b.shape.join()) {
    throw new RangeError(`${caller}: ${names} must have the same shape, got [${a.shape}] and [${b.shape}]`);
  }
}

/** @throws if the array has not three axes. */
export function requireTrials(
  caller: string,
  name: string,
  { shape }: NdArray,
): readonly [number, number, number] {
  const [trials, bins, channels] = shape;
  if (shape.length !== 3 || trials === undefined || bins === undefined || channels === undefined) {
    throw new RangeError(`${caller}: ${name} must be [trials, bins, channels], got [${shape}]`);
  }
  return [trials, bins, channels];
}
