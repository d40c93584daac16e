import type { SearchDraws } from "../draws";
import type { SearchParameter, SearchSpace } from "../space";
import type { Values } from "../values";

/** A member at the beginning of a generation. */
export interface Candidate {
  /** Score that it has, or has taken over; null if it has none. */
  readonly score: number | null;
  readonly hyperparameters: Values;
}

/** What a generation did to a member. */
export interface Outcome extends Candidate {
  readonly generation: number;
  /** Score at the end of the generation. */
  readonly after: number;
}

/** What exploring may look at. */
export interface ExploreContext {
  readonly space: SearchSpace;
  readonly draws: SearchDraws;
  /** The generation that is about to begin. */
  readonly generation: number;
  /** The last {@link Explore.memory} outcomes of members that did not fail, the latest generation last. */
  readonly past: readonly Outcome[];
  /** Members that go on with the hyperparameters that they have. */
  readonly unchanged: readonly Candidate[];
}

/**
 * Changes the hyperparameters of members that were copied. A pure function of what it is given, to be replaced by your own:
 *
 * ```ts
 * import { type Explore, pbt } from "lfads";
 *
 * const halve: Explore = {
 *   settings: { name: "halve" },
 *   explore: (copies) =>
 *     copies.map(({ hyperparameters }) => ({ ...hyperparameters, rate: Number(hyperparameters.rate) / 2 })),
 * };
 * const search = pbt({
 *   space: { rate: { type: "uniform", low: 0, high: 8, initial: 8 } },
 *   population: 2,
 *   explore: halve,
 * });
 * let state = search.start();
 * for (const [member, score] of [Number.NaN, 1].entries()) {
 *   state = search.tell(state, { member, generation: 0, score }); // the first one failed
 * }
 * console.log(search.ask(state).map(({ hyperparameters }) => hyperparameters.rate)); // [ 4, 8 ]
 * ```
 */
export interface Explore {
  /** Name and options: plain JSON data, which goes into the record of the search. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Outcomes of earlier generations that it wants to see, at most. @default 0 */
  readonly memory?: number;
  /**
   * New hyperparameters, all of them inside the bounds, for each copy.
   *
   * @param copies what losers have taken over, in the order of the losers
   */
  explore(copies: readonly Candidate[], context: ExploreContext): readonly Values[];
}

/** An {@link Explore} that looks at one hyperparameter at a time. */
export function exploreEach(
  settings: Explore["settings"],
  next: (parameter: SearchParameter, value: Values[string], draws: SearchDraws) => Values[string],
): Explore {
  return {
    settings,
    explore: (copies, { space, draws }) =>
      copies.map(({ hyperparameters }) =>
        Object.fromEntries(
          Object.entries(space).map(([name, parameter]) => [
            name,
            next(parameter, hyperparameters[name]!, draws),
          ]),
        ),
      ),
  };
}
