import { RandomStream } from "../random/stream";
import { requireSpace } from "./checkSpace";
import { binaryTournament } from "./exploit/binaryTournament";
import type { Exploit } from "./exploit/exploit";
import type { Explore } from "./explore/explore";
import { logSymmetricExplore } from "./explore/logSymmetric";
import { type Generation, nextGeneration, type PbtMember } from "./nextGeneration";
import { record, requireInteger, UNREPORTED } from "./population";
import { sampleInitial } from "./sampleSpace";
import type { Job, Scheduler, SearchEnd } from "./scheduler";
import type { SearchSpace } from "./space";
import { improvementRatio, type StopRule } from "./stop";

/** Options of {@link pbt}. */
export interface PbtOptions {
  readonly space: SearchSpace;
  /** Members. At least 2. @default 20 */
  readonly population?: number;
  /** Epochs of a generation. @default 25 */
  readonly generationEpochs?: number;
  /** Epochs that the first generation has on top, for the ramps of regularisers. @default 80 */
  readonly burnIn?: number;
  /** Generations, unless `stop` ends the search earlier. @default 50 */
  readonly generations?: number;
  /** Who copies whom. @default binaryTournament() */
  readonly exploit?: Exploit;
  /** How hyperparameters that were copied change. @default logSymmetricExplore() */
  readonly explore?: Explore;
  /** When the search has converged; null for never. @default improvementRatio() */
  readonly stop?: StopRule | null;
  /** @default 0 */
  readonly seed?: number | string;
}

/** State of {@link pbt}: plain JSON data. */
export interface PbtState extends Generation {
  /** Best score of each generation that is done; null if all its members failed. */
  readonly best: readonly (number | null)[];
  readonly end: SearchEnd | null;
}

/**
 * Population-based training. A population of models trains side by side; at the end of a generation losers take over the model of a
 * rival (weights and all, as it was at the end of the generation) with its hyperparameters changed a little, winners go on as
 * they are. The defaults are those of AutoLFADS.
 *
 * A member whose score is not finite always loses: it takes over a random member that has a score. If none has, all
 * begin afresh with new draws from the ranges. What happens depends only on the seed and the scores, not on the order of reports.
 *
 * Any model can be searched, with any runner. The whole of a search over one that is not LFADS:
 *
 * ```ts
 * import { pbt } from "lfads";
 *
 * const search = pbt({
 *   space: { rate: { type: "logUniform", low: 1e-3, high: 1 } },
 *   population: 8,
 *   generationEpochs: 5,
 *   burnIn: 0,
 *   generations: 10,
 * });
 * const models = new Map<string, number>(); // here a model is one number, which should become 3
 * let state = search.start();
 * while (search.ended(state) === null) {
 *   for (const job of search.ask(state)) {
 *     let x = job.parent ? models.get(`${job.parent.generation}/${job.parent.member}`)! : 0;
 *     for (let epoch = 0; epoch < 5; epoch++) x -= Number(job.hyperparameters.rate) * (x - 3);
 *     models.set(`${job.generation}/${job.member}`, x);
 *     state = search.tell(state, { member: job.member, generation: job.generation, score: (x - 3) ** 2 });
 *   }
 * }
 * console.log(state.end, state.best.at(-1)! < 1e-3); // converged true
 * ```
 *
 * Source: Jaderberg et al. 2017, Population Based Training of Neural Networks; for LFADS Keshtkaran, Sedler et al. 2022, Nature
 * Methods 19.
 *
 * @throws if an option is out of range or the space does not make sense
 */
export function pbt({
  space: given,
  population = 20,
  generationEpochs = 25,
  burnIn = 80,
  generations = 50,
  exploit = binaryTournament(),
  explore = logSymmetricExplore(),
  stop = improvementRatio(),
  seed = 0,
}: PbtOptions): Scheduler<PbtState> {
  const space = requireSpace("pbt", given);
  requireInteger("pbt", "population", population, 2);
  requireInteger("pbt", "generationEpochs", generationEpochs, 1);
  requireInteger("pbt", "burnIn", burnIn, 0);
  requireInteger("pbt", "generations", generations, 1);
  requireInteger("pbt", "explore.memory", explore.memory ?? 0, 0);
  const stream = RandomStream.fromSeed(seed).fork("pbt");

  const job = (state: PbtState, { hyperparameters, parent }: PbtMember, member: number): Job => ({
    member,
    generation: state.generation,
    hyperparameters,
    parent,
    epochs: burnIn + (state.generation - state.begun + 1) * generationEpochs,
  });
  const after = (state: PbtState): PbtState => {
    const scores = state.members.flatMap(({ score }) => (score === null ? [] : [score]));
    const best = [...state.best, scores.length > 0 ? scores.reduce((a, b) => Math.min(a, b)) : null];
    const end = stop?.stop(best) ? "converged" : best.length === generations ? "generations" : null;
    if (end) return { ...state, best, end };
    return { ...nextGeneration(state, { space, exploit, explore, stream }), best, end };
  };

  return {
    settings: {
      name: "pbt",
      space,
      population,
      generationEpochs,
      burnIn,
      generations,
      exploit: exploit.settings,
      explore: explore.settings,
      stop: stop?.settings ?? null,
      seed,
    },
    start: () => ({
      generation: 0,
      begun: 0,
      members: Array.from({ length: population }, (_, member) => ({
        ...UNREPORTED,
        hyperparameters: sampleInitial(space, stream.fork("initial").fork(member)),
        parent: null,
        before: null,
      })),
      past: [],
      best: [],
      end: null,
    }),
    ask(state) {
      requirePopulation(state, population);
      if (state.end) return [];
      return state.members.flatMap((member, i) => (member.reported ? [] : [job(state, member, i)]));
    },
    tell(state, report) {
      requirePopulation(state, population);
      if (state.end)
        throw new Error(`pbt: a search that has ended takes no reports, got one of ${report.member}`);
      const members = record("pbt", state.members, state.generation, report);
      const told = { ...state, members };
      return members.every(({ reported }) => reported) ? after(told) : told;
    },
    ended: ({ end }) => end,
  };
}

function requirePopulation({ members }: PbtState, population: number): void {
  if (members.length !== population) {
    throw new Error(`pbt: the state must be of ${population} members, got ${members.length}`);
  }
}
