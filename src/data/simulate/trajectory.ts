import { History } from "./history";
import type { StateDerivative } from "./system";

export interface TrajectoryOptions {
  /** Number of states. */
  readonly bins: number;
  /** Time from one state to the next. */
  readonly timeStep: number;
  /** Longest step of the integration. @default 0.001 */
  readonly longestStep?: number;
  /** x(t - delay) is the second argument of the derivative; before time 0 it is `start`. */
  readonly delay?: number;
}

/**
 * A trajectory by the classic Runge-Kutta method of fourth order, in the same bits on every platform where the derivative
 * is. Delayed states are interpolated between steps to the same order.
 *
 * @returns `[bins, size]`; the first state is `start`
 * @throws if the state ceases to be finite, or the delay is shorter than two steps
 */
export function trajectory(
  derivative: StateDerivative,
  start: ArrayLike<number>,
  { bins, timeStep, longestStep = 0.001, delay }: TrajectoryOptions,
): Float64Array {
  const steps = Math.ceil(timeStep / longestStep);
  const h = timeStep / steps;
  if (delay !== undefined && !(delay >= 2 * h)) {
    throw new Error(`trajectory: delay must be at least two steps of ${h}, got ${delay}`);
  }
  const state = Float64Array.from(start);
  const size = state.length;
  const stage = new Float64Array(size);
  const history = delay === undefined ? null : new History(state, h, delay);
  const slope = (x: Float64Array, time: number): readonly number[] =>
    history ? derivative(x, history.at(time - delay! / h)) : derivative(x);
  const moved = (change: readonly number[], time: number): Float64Array => {
    for (let i = 0; i < size; i++) stage[i] = state[i]! + time * change[i]!;
    return stage;
  };
  const states = new Float64Array(bins * size);
  states.set(state);
  for (let bin = 1; bin < bins; bin++) {
    for (let step = (bin - 1) * steps; step < bin * steps; step++) {
      const k1 = slope(state, step);
      history?.record(step, state, k1);
      const k2 = slope(moved(k1, h / 2), step + 0.5);
      const k3 = slope(moved(k2, h / 2), step + 0.5);
      const k4 = slope(moved(k3, h), step + 1);
      for (let i = 0; i < size; i++) state[i]! += h * ((k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!) / 6);
    }
    if (!state.every(Number.isFinite)) {
      throw new Error(`trajectory: states must stay finite, got [${state}] at time ${bin * timeStep}`);
    }
    states.set(state, bin * size);
  }
  return states;
}
