import type { Tensor } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import { type Machine, padded } from "./machine";

/** The bin of `ops/bin.ts`. */
export function binKernel(machine: Machine): Implementation<{ x: Tensor }, { t: number }> {
  return {
    forward: ({ x }, { t }) =>
      machine.call(() => {
        const [, batch, width] = x.shape as [number, number, number];
        const columns = padded(width);
        return [machine.columns(machine.matrix(x) + 4 * t * batch * columns, columns, [batch, width])];
      }),
    gradient: ([dy], { x }, _, { t }) => ({
      x: () =>
        machine.call(() => {
          const [bins, batch, width] = x.shape as [number, number, number];
          const columns = padded(width);
          const dx = machine.zeros(bins * batch * columns);
          const [target, step] = [dx + 4 * t * batch * columns, 4 * columns];
          machine.copyRows(target, step, columns, machine.flat(dy!), 4 * width, width, batch);
          return machine.tensor(dx, x.shape);
        }),
    }),
  };
}
