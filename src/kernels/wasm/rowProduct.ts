import type { Tensor } from "@tensorflow/tfjs-core";
import type { Address } from "./exports";
import { type Machine, padded } from "./machine";
import { unpadWeight } from "./weights";

/** A matrix in the memory of the module. */
export interface Matrix {
  readonly address: Address;
  /** Numbers from row to row, a multiple of eight. */
  readonly columns: number;
}

/** Rows of matrices that a product `A^T (B factor)` is summed over. */
export interface ProductRows {
  readonly a: Matrix;
  readonly b: Matrix;
  /** What B is multiplied by, number by number. */
  readonly factor?: Matrix | null;
  readonly rows: number;
}

/** Rows of the result at a time. */
const GRAIN = 96;
/** See `assembly/rowProduct.ts`. */
const BLOCK = 256;
const COLUMNS = 48;

/**
 * Adds `A^T (B factor)` to C, a matrix with the width of B.
 *
 * @param columns of A, the rows of C: from the first to before the second
 * @param sums row to add the sums of A's columns to, or 0
 */
export function addRowProduct(
  machine: Machine,
  { a, b, factor, rows }: ProductRows,
  c: Address,
  [from, to]: readonly [number, number],
  sums: Address = 0,
): void {
  if (rows === 0) return;
  const n = b.columns;
  machine.run(
    "rowProduct",
    {
      ...{ c: c + 4 * from * n, sums: sums && sums + 4 * from, rows, n },
      ...{ a: a.address + 4 * from, aStep: 4 * a.columns, b: b.address, bStep: 4 * n },
      ...(factor && { factor: factor.address, factorStep: 4 * factor.columns }),
    },
    { count: to - from, grain: GRAIN, scratch: (n + COLUMNS) * BLOCK },
  );
}

/**
 * Gradient `[blocks * units, widths]` of a weight from the rows of the gradients A behind it and of its inputs B.
 *
 * @param parts the inputs side by side, with their widths before padding
 * @param sums row to add the sums of A's columns to, which are the gradient of the bias
 */
export function weightGradient(
  machine: Machine,
  parts: readonly { readonly products: readonly ProductRows[]; readonly width: number }[],
  { blocks, units }: { blocks: number; units: number },
  sums: Address = 0,
): Tensor {
  const m = blocks * padded(units);
  const sides = parts.map(({ products, width }, i) => {
    const address = machine.zeros(m * padded(width));
    for (const rows of products) addRowProduct(machine, rows, address, [0, m], i === 0 ? sums : 0);
    return { address, width };
  });
  return unpadWeight(machine, sides, blocks, units);
}

/** A sequence of states, `[bins, batch, columns]`, and the one before it. */
export interface Sequence extends Matrix {
  readonly first: Matrix;
  readonly bins: number;
  readonly batch: number;
  /** Whether the last bin comes first. */
  readonly reverse?: boolean;
}

/** Rows of A, bin by bin, with the states before each bin. */
export function withStatesBefore(
  a: Matrix,
  { first, bins, batch, reverse = false, ...states }: Sequence,
  factor: Matrix | null = null,
): ProductRows[] {
  const from = (matrix: Matrix, bin: number): Matrix => ({
    ...matrix,
    address: matrix.address + 4 * bin * batch * matrix.columns,
  });
  const [start, rest, before] = reverse ? [bins - 1, 0, 1] : [0, 1, 0];
  return [
    { a: from(a, start), b: first, factor: factor && from(factor, start), rows: batch },
    {
      a: from(a, rest),
      b: from(states, before),
      factor: factor && from(factor, rest),
      rows: (bins - 1) * batch,
    },
  ];
}

/**
 * Gradient of recurrent weights, `[3 units, units]`: that of the candidate through the reset gates.
 *
 * @param dGates gradients of the gates' sums
 * @param gates update, reset, candidate
 * @param sums row to add the gradient of the bias to
 */
export function recurrentGradient(
  machine: Machine,
  dGates: Matrix,
  gates: Matrix,
  states: Sequence,
  units: number,
  sums: Address,
): Tensor {
  const { columns } = states;
  const c = machine.zeros(3 * columns * columns);
  const reset = { ...gates, address: gates.address + 4 * columns };
  for (const rows of withStatesBefore(dGates, states))
    addRowProduct(machine, rows, c, [0, 2 * columns], sums);
  for (const rows of withStatesBefore(dGates, states, reset)) {
    addRowProduct(machine, rows, c, [2 * columns, 3 * columns], sums);
  }
  return unpadWeight(machine, [{ address: c, width: units }], 3, units);
}
