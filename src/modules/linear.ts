import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { linear } from "../ops";
import type { RandomStream } from "../random";
import { fanInWeights, type Parameters, parameter } from "./parameters";

/**
 * Affine map of the last axis: read-in, readout, posterior parameters, the map from initial conditions to the generator.
 *
 * Parameters: `weight` `[outputs, inputs]`, from N(0, 1 / inputs); `bias` `[outputs]`, from 0.
 *
 * @example
 * ```ts
 * import { ones } from "@tensorflow/tfjs-core";
 * import { Linear, RandomStream } from "lfads";
 *
 * const readout = new Linear(8, 30);
 * const parameters = readout.init(RandomStream.fromSeed(0));
 * console.log(readout.apply(parameters, ones([4, 20, 8])).shape); // [ 4, 20, 30 ]
 * ```
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
