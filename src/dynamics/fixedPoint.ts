import { type NdArray, ndarray } from "../data/ndarray";
import { type Complex, eigenPairs, modulus } from "./eigen";

/** Where a state stays, or nearly stays, and how others move near it. */
export interface FixedPoint {
  readonly state: Float64Array;
  /** Input at which it stays; null without one. */
  readonly input: readonly number[] | null;
  /** |F(x) - x|^2 / 2 of a map, |f(x)|^2 / 2 of a flow. */
  readonly q: number;
  /** Number of starts that ended here. */
  readonly starts: number;
  /** `[size, size]`: of F, or of f. */
  readonly jacobian: NdArray<Float64Array>;
  /** Of the Jacobian, the one that grows fastest first: by modulus (map) or real part (flow). */
  readonly eigenvalues: readonly Complex[];
  /** An eigenvector of length 1 for each eigenvalue. */
  readonly eigenvectors: readonly (readonly Complex[])[];
  /** Whether all directions shrink, none does, or some do. */
  readonly stability: "stable" | "unstable" | "saddle";
  /** Whether states turn about it (complex eigenvalues) or not. */
  readonly kind: "focus" | "node";
}

/** A fixed point from what was found, with eigenvalues and stability. */
export function describeFixedPoint(
  found: Pick<FixedPoint, "state" | "input" | "q" | "starts">,
  jacobian: ArrayLike<number>,
  isMap: boolean,
): FixedPoint {
  const size = found.state.length;
  const rank = isMap ? modulus : ({ re }: Complex) => re;
  const pairs = eigenPairs(jacobian, size, rank);
  const eigenvalues = pairs.map(({ value }) => value);
  const shrinking = eigenvalues.filter((value) => (isMap ? modulus(value) < 1 : value.re < 0)).length;
  return {
    ...found,
    jacobian: ndarray(Float64Array.from(jacobian), [size, size]),
    eigenvalues,
    eigenvectors: pairs.map(({ vector }) => vector),
    stability: shrinking === size ? "stable" : shrinking === 0 ? "unstable" : "saddle",
    kind: eigenvalues.some(({ im }) => im !== 0) ? "focus" : "node",
  };
}
