import { mul, type Tensor } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import type { Machine } from "./machine";

/** Numbers at a time. */
const GRAIN = 2 ** 18;

/** The exponentials of `ops/exponential.ts`. */
export function exponentialKernel(machine: Machine): Implementation<{ x: Tensor }, Record<string, never>> {
  return {
    forward: ({ x }) =>
      machine.call(() => {
        const width = x.shape.at(-1) ?? 1;
        const columns = machine.columnsOf(x);
        const source = columns === width ? machine.flat(x) : machine.matrix(x);
        const count = 4 * Math.ceil(((x.size / width) * columns) / 4);
        const target = machine.block(count);
        machine.run("exponentialAll", { target, source }, { count, grain: GRAIN, unit: 4, cost: 16 });
        // The padding holds ones now, and kernels count on zeros.
        return [
          columns === width
            ? machine.tensor(target, x.shape, width)
            : machine.columns(target, columns, x.shape),
        ];
      }),
    gradient: ([dy], _, [y]) => ({ x: () => mul(dy!, y!) }),
  };
}
