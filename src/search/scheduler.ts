import type { Values } from "./values";

/** One member of a population in one generation. */
export interface MemberKey {
  /** Counted from 0. */
  readonly member: number;
  readonly generation: number;
}

/** What a scheduler asks for: one member is to be trained for one generation. */
export interface Job extends MemberKey {
  readonly hyperparameters: Values;
  /** Whose result training goes on from, of an earlier generation; null for a fresh model. */
  readonly parent: MemberKey | null;
  /** Epochs in all that the member has behind it afterwards, those of its parent included. */
  readonly epochs: number;
}

/** What became of a {@link Job}. */
export interface Report extends MemberKey {
  /** The lower the better. What is not finite loses to everything, as does a job that failed (NaN). */
  readonly score: number;
}

/** Why a search ended. */
export type SearchEnd =
  /** All generations are done. */
  | "generations"
  /** The best score does not improve any more. */
  | "converged";

/**
 * Decides what a search tries next. It is a pure, seeded state machine: all methods are functions of a state, which is plain JSON
 * data, so that a search can be stopped and restored between any two reports. It knows nothing of models, tensors or time.
 */
export interface Scheduler<State> {
  /** Goes into the record of a search; a search goes on only with the settings that it began with. JSON data. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The state before the first generation. */
  start(): State;
  /** Jobs of the current generation that have not been reported, in the order of the members; none when the search has ended. */
  ask(state: State): readonly Job[];
  /**
   * The state after a report. Jobs of a generation may be reported in any order: what follows depends only on their scores.
   * @throws if this job is not one of those asked for
   */
  tell(state: State, report: Report): State;
  /** Why the search has ended; null as long as it has not. */
  ended(state: State): SearchEnd | null;
}
