import { mul, type Tensor } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import { type Machine, padded } from "./machine";

/** The exponentials of `ops/exponential.ts`. */
export function exponentialKernel(machine: Machine): Implementation<{ x: Tensor }, Record<string, never>> {
  return {
    forward: ({ x }) =>
      machine.call(() => {
        const width = x.shape.at(-1) ?? 1;
        const columns = padded(width);
        const count = x.size / width;
        const target = machine.block(count * columns);
        machine.run(
          "exponentialRows",
          { target, source: machine.matrix(x), columns, width },
          { count, cost: 16 * columns },
        );
        return [machine.tensor(target, x.shape)];
      }),
    gradient: ([dy], _, [y]) => ({ x: () => mul(dy!, y!) }),
  };
}
