import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type NdArray, ndarray } from "../data/ndarray";
import { gram } from "./gram";
import { columnMeans, requireFinite, toTable } from "./table";

/**
 * Scores of the first principal components: centred rows projected on the directions of largest variance,
 * largest first. The sign of a component is chosen so that its score of largest size is positive.
 *
 * @example
 * ```ts
 * import { ndarray, principalScores } from "lfads";
 *
 * const x = ndarray(Float64Array.of(-2, 1, 0, 1, 2, 1), [3, 2]); // only the first column varies
 * console.log([...principalScores(x, 1).data].map(Math.abs).join()); // 2,0,2
 * ```
 * @param x `[..., columns]`; all rows of the other axes
 * @param components at most the smaller of rows and columns
 * @returns `[rows, components]`
 * @throws if x is not finite or there are fewer rows or columns than components
 */
export function principalScores(x: NdArray, components: number): NdArray<Float64Array> {
  const table = toTable(x);
  requireFinite("principalScores", "x", table);
  const { rows, columns } = table;
  if (!Number.isInteger(components) || components < 1 || components > Math.min(rows, columns)) {
    throw new RangeError(
      `principalScores: components must be an integer from 1 to ${Math.min(rows, columns)}, got ${components}`,
    );
  }
  const means = columnMeans(table);
  const centred = { ...table, data: table.data.map((value, i) => value - means[i % columns]!) };
  const matrix = Matrix.from1DArray(rows, columns, centred.data);
  // Z = X V = U S: the smaller of the two eigenproblems gives the same scores.
  const wide = columns > rows;
  const products = wide
    ? matrix.mmul(matrix.transpose())
    : Matrix.from1DArray(columns, columns, gram(centred));
  const { realEigenvalues: spectrum, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const order = spectrum.map((_, i) => i).sort((a, b) => spectrum[b]! - spectrum[a]!);
  const scores = new Float64Array(rows * components);
  for (let component = 0; component < components; component++) {
    const at = order[component]!;
    const column = vectors.subMatrix(0, vectors.rows - 1, at, at);
    const score = wide ? column.mul(Math.sqrt(Math.max(spectrum[at]!, 0))) : matrix.mmul(column);
    const values = score.to1DArray();
    const peak = values.reduce(
      (extreme, value) => (Math.abs(value) > Math.abs(extreme) ? value : extreme),
      0,
    );
    for (let row = 0; row < rows; row++)
      scores[row * components + component] = values[row]! * (peak < 0 ? -1 : 1);
  }
  return ndarray(scores, [rows, components]);
}
