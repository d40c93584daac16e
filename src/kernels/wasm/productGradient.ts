import { reshape, slice, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import { type Machine, padded } from "./machine";
import {
  type Matrix,
  type Operand,
  type Product,
  partsOf,
  type Rows,
  rowProducts,
  type Sums,
  sumParts,
} from "./rowProduct";
import { unpadWeight } from "./weights";

/** Blocks of rows of a weight, such as the gates of a cell. */
export interface Blocks {
  readonly blocks: number;
  /** Rows of each. */
  readonly units: number;
}

/** A gradient that is made of a product. */
export interface ProductGradient<Result> extends Product {
  readonly result: (sums: Sums) => Result;
}

/** Gradients that are made of products, all of which are computed together. */
export function productGradients<Results extends Readonly<Record<string, unknown>>>(
  machine: Machine,
  rows: Rows,
  gradients: { readonly [Name in keyof Results]: ProductGradient<Results[Name]> },
): Results {
  const entries = Object.entries<ProductGradient<unknown>>(gradients);
  const sums = rowProducts(
    machine,
    rows,
    entries.map(([, gradient]) => gradient),
  );
  return Object.fromEntries(entries.map(([name, { result }], i) => [name, result(sums[i]!)])) as Results;
}

/** Of the weight `[blocks * units, width]` and the bias of an affine map, from the gradient of its results, A. */
export function affineGradient(
  machine: Machine,
  a: Matrix,
  operand: Operand,
  { blocks, units }: Blocks,
): ProductGradient<{ weight: Tensor; bias: Tensor }> {
  return {
    a,
    ranges: [{ from: 0, to: a.columns, operands: [operand] }],
    result: ({ c, sums }) => ({
      weight: unpadWeight(machine, c, [operand], [operand], { blocks, units }),
      bias: machine.columns(sums, padded(units), [blocks, units]),
    }),
  };
}

/**
 * Of the weights and the bias of a GRU, from those of its gates' sums.
 *
 * @param gates update, reset, candidate: the recurrent weights of the candidate act on `reset * state`
 * @param inputs at most two, side by side in the weight
 * @param states with the first
 */
export function cellGradient(
  machine: Machine,
  { dGates, gates }: { dGates: Matrix; gates: Matrix },
  inputs: readonly Operand[],
  states: Operand,
): ProductGradient<{ weightIh: Tensor; weightHh: Tensor; bias: Tensor }> {
  const { columns, width } = states;
  const factor = { ...gates, address: gates.address + 4 * columns };
  const operands = [...inputs, states];
  const blocks = { blocks: 3, units: width };
  return {
    a: dGates,
    ranges: [
      { from: 0, to: 2 * columns, operands },
      { from: 2 * columns, to: 3 * columns, operands: [...inputs, { ...states, factor }] },
    ],
    result: ({ c, sums }) => ({
      weightIh: unpadWeight(machine, c, operands, inputs, blocks),
      weightHh: unpadWeight(machine, c, operands, [states], blocks),
      bias: machine.columns(sums, columns, [3, width]),
    }),
  };
}

/** Of a weight `[blocks * units, width]` that acted on rows of few entries, from that of its results, A. */
export function sparseGradient(
  machine: Machine,
  { bins, batch }: Rows,
  a: Matrix,
  b: Operand,
  { blocks, units }: Blocks,
): Tensor {
  const [rows, size] = [bins * batch, a.columns * b.columns];
  const parts = partsOf(rows);
  const c = machine.block(parts * size);
  machine.run(
    "sparseRowProduct",
    { c, a: a.address, m: a.columns, b: b.address, k: b.columns, rows, parts },
    { count: parts, grain: 1, unit: 1, cost: (rows * size) / (8 * parts), scratch: size + 2 * b.columns },
  );
  sumParts(machine, c, parts, size);
  return tidy(() => {
    const byBlock = reshape(machine.columns(c, padded(units), [b.columns, blocks, units]), [b.columns, -1]);
    return transpose(slice(byBlock, [0, 0], [b.width, -1]));
  });
}
