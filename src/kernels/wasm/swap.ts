import type { Tensor } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import { type Machine, padded } from "./machine";

/** The exchange of axes of `ops/swap.ts`. */
export function swapKernel(machine: Machine): Implementation<{ x: Tensor }, Record<string, never>> {
  const swap = (x: Tensor) =>
    machine.call(() => {
      const [first, second, width] = x.shape as [number, number, number];
      const [columns, sourceColumns] = [padded(width), machine.columnsOf(x)];
      const source = sourceColumns === width ? machine.flat(x) : machine.matrix(x);
      const target = machine.block(first * second * columns);
      const count = first * second;
      machine.run(
        "swapRows",
        { target, columns, source, sourceColumns, first, second, width },
        { count, cost: 2 * width },
      );
      return machine.tensor(target, [second, first, width]);
    });
  return { forward: ({ x }) => [swap(x)], gradient: ([dy]) => ({ x: () => swap(dy!) }) };
}
