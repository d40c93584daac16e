import type { Address } from "./exports";
import { LAYOUTS } from "./layouts";
import type { Machine } from "./machine";

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

/** See `assembly/rowProduct.ts`. */
const BLOCK = 256;
const COLUMNS = 48;
/** Parts that the rows of a product are summed in, and rows that are worth one. */
const PARTS = 4;
const PART = 512;

/**
 * `A^T [operands side by side]`, one row for each column of A, and the sums of these columns: what gradients of weights are made of.
 */
export interface Product {
  readonly a: Matrix;
  /** Ranges of A's columns and what they are multiplied by: at most three operands, of the same columns in all ranges. */
  readonly ranges: readonly Range[];
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly operands: readonly Operand[];
}

/** Result of a {@link Product}, `[a.columns, n]` and `[a.columns]`. */
export interface Sums {
  readonly c: Address;
  readonly sums: Address;
}

/**
 * Products of matrices with the same rows. Rows are summed in parts, as many for any number of threads: the bits depend on
 * the number of rows alone.
 */
export function rowProducts(machine: Machine, rows: Rows, products: readonly Product[]): Sums[] {
  const planned = products.map((product) => plan(machine, rows, product));
  const tasks = planned.flatMap((one) => one.tasks).sort((one, other) => other.cost - one.cost);
  const fields = LAYOUTS.RowProduct;
  const list = machine.block(tasks.length * fields.length);
  const words = machine.integers(list, tasks.length * fields.length);
  let count = 0;
  tasks.forEach(({ args, pieces }, i) => {
    count += pieces;
    const values: Readonly<Record<string, number>> = { ...args, end: count };
    fields.forEach((field, j) => {
      words[i * fields.length + j] = values[field] ?? 0;
    });
  });
  const cost = tasks.reduce((sum, task) => sum + task.cost * task.pieces, 0) / count;
  const scratch = productScratch(Math.max(...planned.map(({ n }) => n)));
  machine.run("rowProducts", { list }, { count, grain: 1, unit: 1, cost, scratch });
  return planned.map(({ c, sums, parts, n }, i) => {
    const { columns } = products[i]!.a;
    sumParts(machine, c, parts, columns * n);
    sumParts(machine, sums, parts, columns);
    return { c, sums };
  });
}

/** Numbers of scratch memory for a product of `n` columns. */
export function productScratch(n: number): number {
  return n * BLOCK + COLUMNS * (BLOCK + 16);
}

/** What there is to do for a product, and where its parts go. */
function plan(machine: Machine, { bins, batch, reverse = false }: Rows, { a, ranges }: Product) {
  const { operands } = ranges[0]!;
  const n = columnsOf(operands);
  const size = a.columns * n;
  // The states of a sequence begin in a matrix of their own: its bin is a part of its own.
  const firsts = Number(operands.some(({ first }) => first));
  const rest = firsts && bins === 1 ? 0 : partsOf((bins - firsts) * batch);
  const parts = firsts + rest;
  const c = machine.block(parts * size);
  const sums = machine.block(parts * a.columns);
  const at = ({ address, columns }: Matrix, bin: number) => address + 4 * bin * batch * columns;

  /** `count` bins from `bin` on, with the states from `before` on, null for the first, in `own` parts from the `part`-th on. */
  const task = (
    { from, to, operands }: Range,
    { bin, count, before }: { bin: number; count: number; before: number | null },
    { part, own }: { part: number; own: number },
  ) => {
    const fields = operands.map((operand, i) => {
      const { columns, factor, first } = operand;
      const b = !first ? at(operand, bin) : before === null ? first.address : at(operand, before);
      return {
        ...{ [`b${i}`]: b, [`b${i}Step`]: 4 * columns, [`n${i}`]: columns },
        ...(factor && { [`factor${i}`]: at(factor, bin), [`factor${i}Step`]: 4 * factor.columns }),
      };
    });
    const [m, rows] = [to - from, count * batch];
    // Each piece packs all of the operands, so there are as few as can be.
    const pieces = Math.min(Math.ceil(machine.threads.ready / own), m / 8);
    const args = Object.assign(
      { c: c + 4 * (part * size + from * n), step: 4 * size },
      { sums: sums + 4 * (part * a.columns + from), sumsStep: 4 * a.columns },
      { a: at(a, bin) + 4 * from, aStep: 4 * a.columns, rows, m, n, parts: own, pieces },
      ...fields,
    );
    return { args, pieces: own * pieces, cost: (n * rows * m) / (own * pieces) };
  };
  const later = { bin: firsts && !reverse ? 1 : 0, count: bins - firsts, before: firsts && reverse ? 1 : 0 };
  const tasks = ranges.flatMap((range) => [
    ...(firsts
      ? [task(range, { bin: reverse ? bins - 1 : 0, count: 1, before: null }, { part: 0, own: 1 })]
      : []),
    ...(rest ? [task(range, later, { part: firsts, own: rest })] : []),
  ]);
  return { tasks, c, sums, parts, n };
}

/** Parts of `rows`: a power of two, spread evenly over usual numbers of threads. */
export function partsOf(rows: number): number {
  return 2 ** Math.floor(Math.log2(Math.min(PARTS, Math.max(1, rows / PART))));
}

/** Adds all parts of `count` numbers, a multiple of four, to the first. */
export function sumParts(machine: Machine, target: Address, parts: number, count: number): void {
  if (parts > 1) {
    machine.run("sumParts", { target, parts, step: 4 * count }, { count, unit: 4, cost: 2 * parts });
  }
}

function columnsOf(operands: readonly Operand[]): number {
  return operands.reduce((sum, { columns }) => sum + columns, 0);
}
