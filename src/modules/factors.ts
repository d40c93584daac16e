import type { Tensor } from "@tensorflow/tfjs-core";
import { linear, normalizeRows } from "../ops";
import type { RandomStream } from "../random";
import { fanInWeights, type Parameters, parameter } from "./parameters";

/**
 * Factors: a linear map of generator states whose rows have norm 1, without bias, so that the scale of the factors is
 * that of the states.
 *
 * Parameters: `weight` `[factors, units]`, from N(0, 1 / units), normalised where it is used.
 */
export class Factors {
  constructor(
    readonly inputs: number,
    readonly outputs: number,
  ) {}

  init(stream: RandomStream): Parameters {
    return { weight: fanInWeights(stream.fork("weight"), [this.outputs, this.inputs], this.inputs) };
  }

  /** The normalised matrix, `[factors, units]`. */
  matrix(parameters: Parameters): Tensor {
    return normalizeRows(parameter(parameters, "weight"));
  }

  /** `[..., units]` to `[..., factors]` */
  apply(parameters: Parameters, states: Tensor): Tensor {
    return linear(states, this.matrix(parameters));
  }
}
