import { RandomStream } from "../random/stream";
import { requireSpace } from "./checkSpace";
import { record, requireInteger, type Standing, UNREPORTED } from "./population";
import { sampleSpace } from "./sampleSpace";
import type { Job, Scheduler } from "./scheduler";
import type { SearchSpace } from "./space";

/** Options of {@link randomSearch}. */
export interface RandomSearchOptions {
  readonly space: SearchSpace;
  /** Models to be trained. */
  readonly members: number;
  /** Epochs that each is trained for. */
  readonly epochs: number;
  /** @default 0 */
  readonly seed?: number | string;
}

/** State of {@link randomSearch}: plain JSON data. */
export interface RandomSearchState {
  readonly members: readonly Standing[];
}

/**
 * Random search: one generation of models, each with hyperparameters drawn from the ranges of the space. Initial values are for
 * searches that change hyperparameters later on; here nothing would ever leave them, so they do not matter. Leave a
 * hyperparameter out of the space to keep it as it is.
 *
 * Source: Bergstra and Bengio 2012, Random Search for Hyper-Parameter Optimization, Journal of Machine Learning Research 13.
 *
 * @example
 * ```ts
 * import { randomSearch } from "lfads";
 *
 * const space = { learningRate: { type: "logUniform", low: 1e-4, high: 1e-2 } } as const;
 * const search = randomSearch({ space, members: 20, epochs: 100 });
 * const jobs = search.ask(search.start());
 * console.log(jobs.length, jobs[0]!.epochs); // 20 100
 * ```
 * @throws if an option is out of range or the space does not make sense
 */
export function randomSearch({
  space: given,
  members,
  epochs,
  seed = 0,
}: RandomSearchOptions): Scheduler<RandomSearchState> {
  const space = requireSpace("randomSearch", given);
  requireInteger("randomSearch", "members", members, 1);
  requireInteger("randomSearch", "epochs", epochs, 1);
  const stream = RandomStream.fromSeed(seed).fork("randomSearch");
  const job = (member: number): Job => ({
    member,
    generation: 0,
    hyperparameters: sampleSpace(space, stream.fork(member)),
    parent: null,
    epochs,
  });
  return {
    settings: { name: "randomSearch", space, members, epochs, seed },
    start: () => ({ members: Array.from({ length: members }, () => UNREPORTED) }),
    ask: (state) => state.members.flatMap(({ reported }, member) => (reported ? [] : [job(member)])),
    tell: (state, report) => ({ members: record("randomSearch", state.members, 0, report) }),
    ended: (state) => (state.members.every(({ reported }) => reported) ? "generations" : null),
  };
}
