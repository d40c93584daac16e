import type { Tensor } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import { type Machine, padded } from "./machine";

/** The rows of `ops/repeatRow.ts`; their gradients are summed in double precision. */
export function repeatRowKernel(machine: Machine): Implementation<{ row: Tensor }, { rows: number }> {
  return {
    forward: ({ row }, { rows }) =>
      machine.call(() => {
        const columns = padded(row.size);
        const source = machine.matrix(row);
        const target = machine.block(rows * columns);
        machine.copyRows(target, 4 * columns, columns, source, 0, columns, rows);
        return [machine.tensor(target, [rows, row.size])];
      }),
    gradient: ([dy], { row }) => ({
      row: () =>
        machine.call(() => {
          const columns = padded(row.size);
          const numbers = machine.numbers(machine.matrix(dy!), dy!.shape[0]! * columns);
          const sums = new Float64Array(row.size);
          for (let start = 0; start < numbers.length; start += columns) {
            for (let i = 0; i < sums.length; i++) sums[i]! += numbers[start + i]!;
          }
          const target = machine.block(row.size);
          machine.numbers(target, row.size).set(sums);
          return machine.tensor(target, row.shape, row.size);
        }),
    }),
  };
}
