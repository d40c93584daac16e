/** The factor L of a symmetric, positive definite matrix K = L L', to which rows can be added. */
export class Cholesky {
  /** Rows up to their diagonals. */
  readonly #rows: Float64Array[] = [];

  /** The diagonal of L: `log det K` is twice the sum of its logarithms. */
  get diagonal(): readonly number[] {
    return this.#rows.map((row, i) => row[i]!);
  }

  /** Adds a row of K up to its diagonal. */
  append(row: ArrayLike<number>): void {
    const n = this.#rows.length;
    const added = this.solveLower(row, n + 1);
    let square = row[n]!;
    for (let i = 0; i < n; i++) square -= added[i]! ** 2;
    if (!(square > 0))
      throw new Error(`Cholesky: the matrix must be positive definite, got a pivot of ${square}`);
    added[n] = Math.sqrt(square);
    this.#rows.push(added);
  }

  /** `x` with L x = b; b may be longer. */
  solveLower(b: ArrayLike<number>, length = this.#rows.length): Float64Array {
    const x = new Float64Array(length);
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i]!;
      let sum = b[i]!;
      for (let j = 0; j < i; j++) sum -= row[j]! * x[j]!;
      x[i] = sum / row[i]!;
    }
    return x;
  }

  /** `x` with L' x = b. */
  solveUpper(b: ArrayLike<number>): Float64Array {
    const x = Float64Array.from(b);
    for (let i = this.#rows.length - 1; i >= 0; i--) {
      const row = this.#rows[i]!;
      x[i]! /= row[i]!;
      for (let j = 0; j < i; j++) x[j]! -= row[j]! * x[i]!;
    }
    return x;
  }
}
