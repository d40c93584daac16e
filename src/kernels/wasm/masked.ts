import type { Tensor } from "@tensorflow/tfjs-core";
import type { Masked } from "../../ops/masked";
import { type Op, runOp } from "../../ops/op";
import { type Machine, padded } from "./machine";

/** The products of `ops/masked.ts`. */
export function maskedKernel(machine: Machine): Masked {
  const product = (a: Tensor, b: Tensor) =>
    machine.call(() => {
      const width = a.shape.at(-1) ?? 1;
      // Both as one of them lies in the memory already.
      const flat = machine.columnsOf(a) === width && machine.columnsOf(b) === width;
      const columns = flat ? width : padded(width);
      const place = (x: Tensor) => (flat ? machine.flat(x) : machine.matrix(x));
      const size = (a.size / width) * columns;
      const target = machine.block(size + 3);
      machine.run(
        "multiplyAll",
        { target, a: place(a), b: place(b) },
        { count: 4 * Math.ceil(size / 4), unit: 4, cost: 2 },
      );
      return machine.tensor(target, a.shape, columns);
    });
  const op: Op<{ x: Tensor; mask: Tensor }, object> = {
    name: "LfadsMasked",
    results: 1,
    outputs: 1,
    forward: ({ x, mask }) => [product(x, mask)],
    gradient: ([dy], { x, mask }) => ({ x: () => product(dy!, mask), mask: () => product(dy!, x) }),
  };
  return (x, mask) => runOp(op, { x, mask }, {})[0]!;
}
