/** A number between two bounds. */
export interface RangeParameter {
  /** How values are drawn: evenly, or evenly on a logarithmic scale. */
  readonly type: "uniform" | "logUniform";
  /** Smallest value; above 0 for `logUniform`. */
  readonly low: number;
  /** Largest value, above `low`. */
  readonly high: number;
  /** What members of a population begin with. @default a draw from the range, other for each member */
  readonly initial?: number;
  /** How far exploring goes: up to about this fraction of the value. Above 0. @default 0.3 */
  readonly weight?: number;
  /**
   * Whether exploring stays in the range; else it may go anywhere above 0 (for a range that is not below 0).
   * @default true
   */
  readonly bounded?: boolean;
}

/** A whole number between two bounds, all equally likely. */
export interface IntegerParameter {
  readonly type: "integer";
  /** Smallest value. */
  readonly low: number;
  /** Largest value, above `low`. */
  readonly high: number;
  /** What members of a population begin with. @default a draw from the range, other for each member */
  readonly initial?: number;
  /** How far exploring goes, as in {@link RangeParameter}, but it can always reach the next number. @default 0.3 */
  readonly weight?: number;
}

/** One of a few values. */
export interface ChoiceParameter {
  readonly type: "choice";
  /** All different, all equally likely. Exploring goes to a neighbour in this order. */
  readonly values: readonly (number | string | boolean)[];
  /** What members of a population begin with. @default a draw, other for each member */
  readonly initial?: number | string | boolean;
}

/** What a search may do with one hyperparameter. */
export type SearchParameter = RangeParameter | IntegerParameter | ChoiceParameter;

/**
 * Hyperparameters that a search may change, by name. A hyperparameter that is not here is none of the search's business.
 *
 * ```ts
 * import type { SearchSpace } from "lfads";
 *
 * const space = {
 *   learningRate: { type: "logUniform", low: 1e-5, high: 1e-2 },
 *   units: { type: "integer", low: 16, high: 128, initial: 64 },
 *   activation: { type: "choice", values: ["tanh", "relu"] },
 * } satisfies SearchSpace;
 * ```
 */
export type SearchSpace = Readonly<Record<string, SearchParameter>>;

/** The explore weight of a parameter that gives none. */
export const DEFAULT_WEIGHT = 0.3;
