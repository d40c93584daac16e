import type { Tensor } from "@tensorflow/tfjs-core";
import type { RandomStream } from "../random";
import type { Parameters } from "./parameters";

/**
 * One step of a recurrent network: what a generator or a controller is. Implement it to give `LFADS` dynamics of your
 * own; every operation in `step` must have a gradient.
 */
export interface Cell {
  /** Width of the input; 0 for an autonomous cell. */
  readonly inputSize: number;
  /** Width of the state. */
  readonly stateSize: number;
  /** Names of the parameters that the L2 penalty acts on. */
  readonly recurrentKernels: readonly string[];
  /** New parameters; the caller owns the tensors. */
  init(stream: RandomStream): Parameters;
  /**
   * State after one bin.
   * @param input `[batch, inputSize]`, null for an autonomous cell
   * @param state `[batch, stateSize]`
   * @returns `[batch, stateSize]`
   */
  step(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor;
}
