import { type NdArray, ndarray } from "../ndarray";

/** Mean and standard deviation of each column of `[rows, columns]`. */
export function columnMoments({ data, shape }: NdArray<Float64Array>): {
  readonly means: Float64Array;
  readonly sds: Float64Array;
} {
  const [rows, columns] = shape as [number, number];
  const means = new Float64Array(columns);
  const squares = new Float64Array(columns);
  data.forEach((value, i) => {
    means[i % columns]! += value / rows;
  });
  data.forEach((value, i) => {
    squares[i % columns]! += (value - means[i % columns]!) ** 2;
  });
  return { means, sds: squares.map((sum) => Math.sqrt(sum / rows)) };
}

/** Each column with mean 0 and standard deviation 1; one that does not vary becomes 0. */
export function standardizeColumns(array: NdArray<Float64Array>): NdArray<Float64Array> {
  const { means, sds } = columnMoments(array);
  const columns = means.length;
  const standardized = array.data.map((value, i) => {
    const sd = sds[i % columns]!;
    return sd > 0 ? (value - means[i % columns]!) / sd : 0;
  });
  return ndarray(standardized, array.shape);
}
