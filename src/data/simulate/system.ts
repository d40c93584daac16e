/**
 * dx/dt of an ordinary differential equation, in plain numbers.
 *
 * @param state x(t)
 * @param delayed x(t - delay) of a delay differential equation
 */
export type StateDerivative = (state: Float64Array, delayed?: Float64Array) => readonly number[];

/** A dynamical system in continuous time, and how long its movements take. */
export interface DynamicalSystem {
  readonly name: string;
  readonly derivative: StateDerivative;
  /** State at time 0; in a delay differential equation, at all times up to 0. */
  readonly start: readonly number[];
  /** Time of a typical oscillation. */
  readonly period: number;
  /** Number of bins in a period. @default 35 */
  readonly binsPerPeriod?: number;
  /** Time between `start` and the first bin, for a start that is not on the attractor. @default 0 */
  readonly settlingTime?: number;
  /** What a delay differential equation looks back. */
  readonly delay?: number;
  /** Latents are this many states, one `delay` (to whole bins) apart, the earliest first. @default 1 */
  readonly embedding?: number;
  /** Whether each latent is standardised over the trajectory, where their scales differ much. @default false */
  readonly standardize?: boolean;
}
