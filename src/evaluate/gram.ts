import type { Table } from "./table";

/** Weighted Gram matrix `X' diag(w) X`, `[columns, columns]`; weights default to 1. */
export function gram({ data, rows, columns }: Table, weights?: Float64Array): Float64Array {
  const result = new Float64Array(columns * columns);
  // Four rows at a time: each entry of the result is then loaded and stored once per four products.
  for (let row = 0; row < rows; row += 4) {
    const rest = rows - row;
    const [o0, o1, o2, o3] = [
      row,
      row + Math.min(1, rest - 1),
      row + Math.min(2, rest - 1),
      row + Math.min(3, rest - 1),
    ];
    const w0 = weights === undefined ? 1 : weights[o0]!;
    const w1 = rest < 2 ? 0 : weights === undefined ? 1 : weights[o1]!;
    const w2 = rest < 3 ? 0 : weights === undefined ? 1 : weights[o2]!;
    const w3 = rest < 4 ? 0 : weights === undefined ? 1 : weights[o3]!;
    const [p0, p1, p2, p3] = [o0 * columns, o1 * columns, o2 * columns, o3 * columns];
    for (let a = 0; a < columns; a++) {
      const x0 = w0 * data[p0 + a]!;
      const x1 = w1 * data[p1 + a]!;
      const x2 = w2 * data[p2 + a]!;
      const x3 = w3 * data[p3 + a]!;
      const base = a * columns;
      for (let b = 0; b <= a; b++) {
        result[base + b]! +=
          x0 * data[p0 + b]! + x1 * data[p1 + b]! + x2 * data[p2 + b]! + x3 * data[p3 + b]!;
      }
    }
  }
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < a; b++) result[b * columns + a] = result[a * columns + b]!;
  }
  return result;
}

/** `X' Y`, `[x columns, y columns]`. */
export function crossProduct(x: Table, y: Table): Float64Array {
  const result = new Float64Array(x.columns * y.columns);
  for (let row = 0; row < x.rows; row++) {
    for (let a = 0; a < x.columns; a++) {
      const value = x.data[row * x.columns + a]!;
      for (let b = 0; b < y.columns; b++) result[a * y.columns + b]! += value * y.data[row * y.columns + b]!;
    }
  }
  return result;
}
