import { reshape, slice, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import type { Address } from "./exports";
import { type Machine, padded } from "./machine";
import { unpadWeight } from "./weights";

/** A matrix in the memory of the module. */
export interface Matrix {
  readonly address: Address;
  /** Numbers from row to row, a multiple of eight. */
  readonly columns: number;
}

/** What weights act on, one row for each bin and trial. */
export interface Operand extends Matrix {
  /** Columns before padding. */
  readonly width: number;
  /** What it is multiplied by, number by number. */
  readonly factor?: Matrix | null;
  /** For states of a sequence: the one before all of them. The weights act in each bin on the state before it. */
  readonly first?: Matrix;
}

/** The rows of a sequence, bin by bin. */
export interface Rows {
  readonly bins: number;
  readonly batch: number;
  /** Whether the last bin comes first. @default false */
  readonly reverse?: boolean;
}

/** Blocks of rows of a weight, such as the gates of a cell. */
export interface Blocks {
  readonly blocks: number;
  /** Rows of each. */
  readonly units: number;
}

/** See `assembly/rowProduct.ts`. */
const BLOCK = 256;
const COLUMNS = 48;

/**
 * Adds `A^T [operands side by side]` to C.
 *
 * @param operands at most three
 * @param between which columns of A, the rows of C
 * @param sums row to add the sums of A's columns to
 */
function addRowProduct(
  machine: Machine,
  { bins, batch, reverse = false }: Rows,
  a: Matrix,
  operands: readonly Operand[],
  c: Address,
  [from, to]: readonly [number, number],
  sums: Address,
): void {
  const n = columnsOf(operands);
  const at = ({ address, columns }: Matrix, bin: number) => address + 4 * bin * batch * columns;
  /** `count` bins from `bin` on, with the states from `before` on; null for the first. */
  const run = (bin: number, count: number, before: number | null) => {
    const fields = operands.map((operand, i) => {
      const { columns, factor, first } = operand;
      const b = !first ? at(operand, bin) : before === null ? first.address : at(operand, before);
      return {
        ...{ [`b${i}`]: b, [`b${i}Step`]: 4 * columns, [`n${i}`]: columns },
        ...(factor && { [`factor${i}`]: at(factor, bin), [`factor${i}Step`]: 4 * factor.columns }),
      };
    });
    machine.run(
      "rowProduct",
      Object.assign(
        { c: c + 4 * from * n, sums: sums + 4 * from, n, rows: count * batch },
        { a: at(a, bin) + 4 * from, aStep: 4 * a.columns },
        ...fields,
      ),
      // Every chunk packs all of the operands, so there are as few as can be.
      {
        ...{ count: to - from, grain: to - from, unit: 8, cost: n * count * batch },
        scratch: n * BLOCK + COLUMNS * (BLOCK + 16),
      },
    );
  };
  if (operands.some(({ first }) => first)) {
    run(reverse ? bins - 1 : 0, 1, null);
    if (bins > 1) run(reverse ? 0 : 1, bins - 1, reverse ? 1 : 0);
  } else run(0, bins, null);
}

/** Gradients of the weight `[blocks * units, width]` and the bias of an affine map, from those of its results, A. */
export function affineGradient(
  machine: Machine,
  rows: Rows,
  a: Matrix,
  operand: Operand,
  { blocks, units }: Blocks,
): { weight: Tensor; bias: Tensor } {
  const c = machine.zeros(a.columns * operand.columns);
  const sums = machine.zeros(a.columns);
  addRowProduct(machine, rows, a, [operand], c, [0, a.columns], sums);
  return {
    weight: unpadWeight(machine, c, [operand], [operand], { blocks, units }),
    bias: machine.columns(sums, padded(units), [blocks, units]),
  };
}

/**
 * Gradient of a weight `[blocks * units, width]` that acted on rows of few entries, from those of its results, A.
 */
export function sparseGradient(
  machine: Machine,
  { bins, batch }: Rows,
  a: Matrix,
  b: Operand,
  { blocks, units }: Blocks,
): Tensor {
  const c = machine.zeros(a.columns * b.columns);
  machine.run(
    "sparseRowProduct",
    { c, a: a.address, m: a.columns, b: b.address, k: b.columns, rows: bins * batch },
    {
      ...{ count: a.columns, grain: a.columns, unit: 8, cost: (bins * batch * b.columns) / 8 },
      scratch: b.columns * (2 + a.columns),
    },
  );
  return tidy(() => {
    const byBlock = reshape(machine.columns(c, padded(units), [b.columns, blocks, units]), [b.columns, -1]);
    return transpose(slice(byBlock, [0, 0], [b.width, -1]));
  });
}

/**
 * Gradients of the weights and the bias of a GRU, from those of its gates' sums.
 *
 * @param gates update, reset, candidate: the recurrent weights of the candidate act on `reset * state`
 * @param inputs at most two, side by side in the weight
 * @param states with the first
 */
export function cellGradient(
  machine: Machine,
  rows: Rows,
  { dGates, gates }: { dGates: Matrix; gates: Matrix },
  inputs: readonly Operand[],
  states: Operand,
): { weightIh: Tensor; weightHh: Tensor; bias: Tensor } {
  const { columns, width } = states;
  const c = machine.zeros(3 * columns * columnsOf([...inputs, states]));
  const sums = machine.zeros(3 * columns);
  const factor = { ...gates, address: gates.address + 4 * columns };
  const operands = [...inputs, states];
  addRowProduct(machine, rows, dGates, operands, c, [0, 2 * columns], sums);
  addRowProduct(
    machine,
    rows,
    dGates,
    [...inputs, { ...states, factor }],
    c,
    [2 * columns, 3 * columns],
    sums,
  );
  const blocks = { blocks: 3, units: width };
  return {
    weightIh: unpadWeight(machine, c, operands, inputs, blocks),
    weightHh: unpadWeight(machine, c, operands, [states], blocks),
    bias: machine.columns(sums, columns, [3, width]),
  };
}

function columnsOf(operands: readonly Operand[]): number {
  return operands.reduce((sum, { columns }) => sum + columns, 0);
}
