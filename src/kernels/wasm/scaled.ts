import type { Tensor } from "@tensorflow/tfjs-core";
import type { Machine } from "./machine";

/** `x` times a number. */
export function scaled(machine: Machine, x: Tensor, factor: number): Tensor {
  return machine.call(() => {
    const source = machine.flat(x);
    const target = machine.block(x.size);
    machine.exports.scaleAll(target, source, x.size, factor);
    return machine.tensor(target, x.shape, x.shape.at(-1));
  });
}

/** The number of a scalar. */
export function numberOf(x: Tensor): number {
  return x.dataSync()[0]!;
}
