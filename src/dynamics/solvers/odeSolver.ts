import type { Tensor } from "@tensorflow/tfjs-core";

/** Rate of change `dx/dt` of states `[rows, size]`, of the same shape. */
export type Derivative = (state: Tensor) => Tensor;

/**
 * A method that integrates `dx/dt = f(x)`. Implement it to give a `NeuralOdeCell` a method of your own; every operation in
 * `step` must have a gradient, which is then that of the method itself.
 */
export interface OdeSolver {
  readonly name: string;
  /** The error of a step of length h shrinks as `h^(order + 1)`. */
  readonly order: number;
  /**
   * The state after `time`. It must depend on nothing else, so that a training gives the same result when it is resumed.
   * @param state `[rows, size]`
   */
  step(derivative: Derivative, state: Tensor, time: number): Tensor;
}
