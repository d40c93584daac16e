import type { Tensor } from "@tensorflow/tfjs-core";
import type { Address } from "./exports";
import { type Machine, padded } from "./machine";

/** Columns of a weight `[blocks * rows, columns]`, such as the three gates' `[3H, inputs]`, each block padded by itself. */
export interface WeightPart {
  readonly weight: Tensor;
  readonly blocks: number;
  /** First column. @default 0 */
  readonly from?: number;
  /** Number of columns. @default all that follow */
  readonly width?: number;
}

/** The packed right operand of `x W^T`: `[padded(width), blocks * padded(rows)]`. */
export function packTransposed(machine: Machine, part: WeightPart): Address {
  const { address, rows, columns } = paddedWeight(machine, part);
  const panels = machine.block(rows * columns);
  machine.exports.packColumns(panels, address, 4 * columns, columns, rows);
  return panels;
}

/** The packed right operand of `d W`: `[blocks * padded(rows), padded(width)]`. */
export function packStraight(machine: Machine, part: WeightPart): Address {
  const { address, rows, columns } = paddedWeight(machine, part);
  const panels = machine.block(rows * columns);
  machine.exports.packRows(panels, address, 4 * columns, 0, 0, rows, columns);
  return panels;
}

/** {@link packStraight} of recurrent weights `[3H, H]`: the candidate's matrix, then that of update and reset. */
export function packRecurrentGradient(machine: Machine, weight: Tensor): Address {
  const { address, columns } = paddedWeight(machine, { weight, blocks: 3 });
  const size = 4 * columns * columns;
  const panels = machine.block(3 * columns * columns);
  machine.exports.packRows(panels, address + 2 * size, 4 * columns, 0, 0, columns, columns);
  machine.exports.packRows(panels + size, address, 4 * columns, 0, 0, 2 * columns, columns);
  return panels;
}

function paddedWeight(machine: Machine, { weight, blocks, from = 0, width }: WeightPart) {
  const [total, all] = weight.shape as [number, number];
  const used = width ?? all - from;
  const [rows, columns] = [total / blocks, padded(used)];
  const source = machine.flat(weight) + 4 * from;
  const address = machine.zeros(blocks * padded(rows) * columns);
  for (let block = 0; block < blocks; block++) {
    machine.exports.copyRows(
      address + 4 * block * padded(rows) * columns,
      4 * columns,
      columns,
      source + 4 * block * rows * all,
      4 * all,
      used,
      rows,
    );
  }
  return { address, rows: blocks * padded(rows), columns };
}

/** A bias `[blocks * n]` as one row, each block padded. */
export function packBias(machine: Machine, bias: Tensor, blocks: number): Address {
  return machine.pad(machine.flat(bias), blocks, bias.size / blocks);
}

/**
 * A weight `[blocks * units, widths]` from some of the parts that lie side by side in a padded matrix.
 *
 * @param all parts of the matrix, `[blocks * padded(units), columns]` each
 * @param some of them, in the order that they have in the weight
 */
export function unpadWeight<Part extends { readonly columns: number; readonly width: number }>(
  machine: Machine,
  matrix: Address,
  all: readonly Part[],
  some: readonly Part[],
  { blocks, units }: { blocks: number; units: number },
): Tensor {
  const columns = all.reduce((sum, part) => sum + part.columns, 0);
  const widths = some.reduce((sum, { width }) => sum + width, 0);
  const target = machine.block(blocks * units * widths);
  let to = 0;
  for (const part of some) {
    const { width } = part;
    const from = all.slice(0, all.indexOf(part)).reduce((sum, other) => sum + other.columns, 0);
    for (let block = 0; block < blocks; block++) {
      machine.exports.copyRows(
        target + 4 * (block * units * widths + to),
        4 * widths,
        width,
        matrix + 4 * (block * padded(units) * columns + from),
        4 * columns,
        width,
        units,
      );
    }
    to += width;
  }
  return machine.tensor(target, [blocks * units, widths], widths);
}
