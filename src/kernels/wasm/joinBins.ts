import type { Tensor } from "@tensorflow/tfjs-core";
import type { JoinAttributes, JoinedParts, Place } from "../../ops/joinBins";
import type { Implementation } from "../../ops/op";
import type { Address } from "./exports";
import { type Machine, padded } from "./machine";

/** The sequences side by side of `ops/joinBins.ts`. */
export function joinBinsKernel(machine: Machine): Implementation<JoinedParts, JoinAttributes> {
  return {
    forward: ({ first, second }, { bins, places }) =>
      machine.call(() => {
        const batch = first.shape[1]!;
        const [a, b] = [first.shape[2]!, second.shape[2]!];
        const columns = padded(a + b);
        const y = machine.block(bins * batch * columns);
        /** @param space columns up to the next part, or to the end */
        const put = (x: Tensor, { from, to, count }: Place, column: number, space: number) => {
          const [width, own] = [x.shape[2]!, padded(x.shape[2]!)];
          const at = (bin: number) => y + 4 * (bin * batch * columns + column);
          const source = machine.matrix(x) + 4 * from * batch * own;
          machine.copyRows(at(0), 4 * columns, space, source, 0, 0, to * batch);
          machine.copyRows(at(to), 4 * columns, space, source, 4 * own, width, count * batch);
          machine.copyRows(at(to + count), 4 * columns, space, source, 0, 0, (bins - to - count) * batch);
        };
        put(first, places.first, 0, a);
        put(second, places.second, a, columns - a);
        return [machine.tensor(y, [bins, batch, a + b])];
      }),
    gradient([dy], { first, second }, _, { places }) {
      const back = (x: Tensor, { from, to, count }: Place, column: number) =>
        machine.call(() => {
          const [bins, batch, width] = x.shape as [number, number, number];
          const [own, columns] = [padded(width), padded(dy!.shape[2]!)];
          const dx: Address = machine.zeros(bins * batch * own);
          const target = dx + 4 * from * batch * own;
          const source = machine.matrix(dy!) + 4 * (to * batch * columns + column);
          machine.copyRows(target, 4 * own, own, source, 4 * columns, width, count * batch);
          return machine.tensor(dx, x.shape);
        });
      return {
        first: () => back(first, places.first, 0),
        second: () => back(second, places.second, first.shape[2]!),
      };
    },
  };
}
