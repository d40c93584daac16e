import type { Tensor } from "@tensorflow/tfjs-core";
import type { Dropped } from "../../ops/dropped";
import { type Op, runOp } from "../../ops/op";
import type { Machine } from "./machine";

/** What a mask drops, of `ops/dropped.ts`. */
export function droppedKernel(machine: Machine): Dropped {
  const op: Op<{ mask: Tensor }, { readonly shape: readonly number[] }> = {
    name: "LfadsDropped",
    results: 1,
    outputs: 0,
    forward: ({ mask }, { shape }) =>
      machine.call(() => {
        const [trials, bins, channels] = shape as [number, number, number];
        const [, maskBins, maskChannels] = mask.shape as [number, number, number];
        const target = machine.block(trials * bins * channels);
        const count = trials * bins;
        machine.run(
          "droppedRows",
          { target, bins, channels, mask: machine.flat(mask), maskBins, maskChannels },
          { count, cost: 2 * channels },
        );
        return [machine.tensor(target, shape, channels)];
      }),
    gradient: () => ({
      mask: () => {
        throw new Error("dropped: a mask is a constant, without gradients");
      },
    }),
  };
  return (mask, shape) => runOp(op, { mask }, { shape })[0]!;
}
