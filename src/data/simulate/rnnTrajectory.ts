import { exp } from "../../random/arithmetic";

/** A recurrent network with one input. */
export interface Rnn {
  /** `[units, units]`, from the unit of the second index to that of the first; the gain is in them. */
  readonly weights: ArrayLike<number>;
  /** `[units]` */
  readonly inputWeights: ArrayLike<number>;
  /** Length of a step over the time constant, 0 to 1. */
  readonly rate: number;
}

/**
 * States of the network: x(t+1) = x(t) + rate (-x(t) + W tanh(x(t)) + B u(t)), beginning with `start`.
 *
 * @param input u `[steps]`
 * @returns `[steps, units]`; the first state is that after u(0)
 */
export function rnnTrajectory(rnn: Rnn, start: ArrayLike<number>, input: ArrayLike<number>): Float64Array {
  const { weights, inputWeights, rate } = rnn;
  const units = start.length;
  const states = new Float64Array(input.length * units);
  const x = Float64Array.from(start);
  for (let step = 0; step < input.length; step++) {
    const activity = x.map(tanh);
    for (let i = 0; i < units; i++) {
      let drive = inputWeights[i]! * input[step]!;
      for (let j = 0; j < units; j++) drive += weights[i * units + j]! * activity[j]!;
      x[i]! += rate * (drive - x[i]!);
    }
    states.set(x, step * units);
  }
  return states;
}

/** Hyperbolic tangent with the same bits on every platform. */
export function tanh(x: number): number {
  const e = exp(-2 * Math.abs(x));
  return (Math.sign(x) * (1 - e)) / (1 + e);
}
