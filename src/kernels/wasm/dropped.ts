import type { Tensor } from "@tensorflow/tfjs-core";
import type { DroppedAttributes } from "../../ops/dropped";
import { droppedOp } from "../../ops/dropped";
import type { Implementation } from "../../ops/op";
import type { Machine } from "./machine";

/** What a mask drops, of `ops/dropped.ts`. */
export function droppedKernel(machine: Machine): Implementation<{ mask: Tensor }, DroppedAttributes> {
  return {
    forward: ({ mask }, { shape }) =>
      machine.call(() => {
        const [trials, bins, channels] = shape as [number, number, number];
        const [, maskBins, maskChannels] = mask.shape as [number, number, number];
        const target = machine.block(trials * bins * channels);
        const count = trials * bins;
        machine.run(
          "droppedRows",
          { target, bins, channels, mask: machine.flat(mask), maskBins, maskChannels },
          { count, grain: count, unit: 1, cost: 2 * channels },
        );
        return [machine.tensor(target, shape, channels)];
      }),
    gradient: droppedOp.gradient,
  };
}
