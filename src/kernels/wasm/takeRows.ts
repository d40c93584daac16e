import type { NoInputs } from "../../ops/draws";
import type { Implementation } from "../../ops/op";
import { copy, type TakeAttributes } from "../../ops/takeRows";
import type { Machine } from "./machine";

/** The rows of `ops/takeRows.ts`. */
export function takeRowsKernel(machine: Machine): Implementation<NoInputs, TakeAttributes> {
  return {
    forward: (_, attributes) =>
      machine.call(() => {
        const shape = [attributes.indices.length, ...attributes.shape.slice(1)];
        const size = shape.reduce((product, n) => product * n, 1);
        const address = machine.block(size);
        copy(machine.numbers(address, size), attributes);
        return [machine.tensor(address, shape, shape.at(-1))];
      }),
    gradient: () => ({}),
  };
}
