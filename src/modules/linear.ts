import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { linear } from "../ops";
import type { RandomStream } from "../random";
import { fanInWeights, type Parameters, parameter } from "./parameters";

/**
 * Affine map of the last axis: read-in, readout, posterior parameters, the map from initial conditions to the generator.
 *
 * Parameters: `weight` `[outputs, inputs]`, from N(0, 1 / inputs); `bias` `[outputs]`, from 0.
 */
export class Linear {
  constructor(
    readonly inputs: number,
    readonly outputs: number,
  ) {
    for (const [name, value] of Object.entries({ inputs, outputs })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new Error(`Linear: ${name} must be a positive integer, got ${value}`);
      }
    }
  }

  init(stream: RandomStream): Parameters {
    return {
      weight: fanInWeights(stream.fork("weight"), [this.outputs, this.inputs], this.inputs),
      bias: zeros([this.outputs]),
    };
  }

  /** `[..., inputs]` to `[..., outputs]` */
  apply(parameters: Parameters, x: Tensor): Tensor {
    return linear(x, parameter(parameters, "weight"), parameter(parameters, "bias"));
  }
}
