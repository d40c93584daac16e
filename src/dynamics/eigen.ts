import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** An eigenvalue and its eigenvector of length 1. */
export interface EigenPair {
  readonly value: Complex;
  readonly vector: readonly Complex[];
}

/** |z| */
export const modulus = ({ re, im }: Complex): number => Math.hypot(re, im);

/** Eigenvalues and eigenvectors of a real matrix `[size, size]`, by `rank` from large to small, conjugates with im > 0 first. */
export function eigenPairs(
  matrix: ArrayLike<number>,
  size: number,
  rank: (value: Complex) => number,
): EigenPair[] {
  const {
    realEigenvalues: re,
    imaginaryEigenvalues: im,
    eigenvectorMatrix: columns,
  } = new EigenvalueDecomposition(Matrix.from1DArray(size, size, Array.from(matrix)));
  const column = (k: number) => Array.from({ length: size }, (_, i) => columns.get(i, k));
  // A conjugate pair k, k + 1 shares two real columns, the parts of the vector of the first.
  const pairs = re.map((_, k): EigenPair => {
    const value = { re: re[k]!, im: im[k]! };
    const first = im[k]! < 0 ? k - 1 : k;
    const real = column(first);
    const imaginary = im[k] === 0 ? real.map(() => 0) : column(first + 1);
    const sign = im[k]! < 0 ? -1 : 1;
    const length = Math.hypot(...real, ...imaginary);
    return {
      value,
      vector: real.map((x, i) => ({ re: x / length, im: (sign * imaginary[i]!) / length })),
    };
  });
  return pairs.sort((a, b) => rank(b.value) - rank(a.value) || b.value.im - a.value.im);
}

/**
 * Eigenvalues of I + J timeStep, a flow as the map of an Euler step, for those of J; by modulus from large to small.
 *
 * ```ts
 * import { eulerEigenvalues } from "lfads";
 *
 * console.log(eulerEigenvalues([{ re: -1, im: 2 }], 0.1)); // [ { re: 0.9, im: 0.2 } ]
 * ```
 */
export function eulerEigenvalues(eigenvalues: readonly Complex[], timeStep: number): Complex[] {
  return eigenvalues
    .map(({ re, im }) => ({ re: 1 + re * timeStep, im: im * timeStep }))
    .sort((a, b) => modulus(b) - modulus(a) || b.im - a.im);
}
