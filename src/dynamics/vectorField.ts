import type { Tensor } from "@tensorflow/tfjs-core";
import type { Parameters } from "../modules";
import type { RandomStream } from "../random";

/**
 * A vector field `dx/dt = f(x, u)` with parameters. Implement it to give `NeuralOdeCell` dynamics of your own; every operation in
 * `derivative` must have a gradient.
 */
export interface VectorField {
  /** Width of the input; 0 for an autonomous field. */
  readonly inputSize: number;
  /** Width of the state. */
  readonly stateSize: number;
  /** Names of the parameters that the L2 penalty acts on. */
  readonly recurrentKernels: readonly string[];
  /** Numbers that the gradient of one evaluation needs of each trial. @default 4 stateSize */
  readonly savedNumbers?: number;
  /** New parameters; the caller owns the tensors. */
  init(stream: RandomStream): Parameters;
  /**
   * @param input `[batch, inputSize]`, held over a bin; null for an autonomous field
   * @param state `[batch, stateSize]`
   * @returns the rate of change, `[batch, stateSize]`
   */
  derivative(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor;
}
