import fc from "fast-check";
import { expect, test } from "vitest";
import { RandomStream } from "../../src/random";
import {
  binaryTournament,
  disjointPairs,
  type Job,
  linearExplore,
  logSymmetricExplore,
  type PbtState,
  pbt,
  type Report,
  randomSearch,
  resampleExplore,
  type Scheduler,
  type SearchSpace,
  truncation,
} from "../../src/search";
import { isInside } from "../../src/search/bounds";
import { searchDraws } from "../../src/search/draws";

const space = {
  bounded: { type: "uniform", low: 0, high: 0.6 },
  log: { type: "logUniform", low: 1e-5, high: 5e-3, initial: 4e-3, weight: 0.3 },
  free: { type: "logUniform", low: 1e-6, high: 1e-4, weight: 0.8, bounded: false },
  signed: { type: "uniform", low: -3, high: 1, weight: 2 },
  whole: { type: "integer", low: -1, high: 6 },
  one: { type: "choice", values: ["a", 2, false] },
} satisfies SearchSpace;

const exploits = [binaryTournament(), disjointPairs(), truncation()];
const explores = [logSymmetricExplore(), linearExplore(), resampleExplore()];
const RUNS = { seed: 404, numRuns: 10_000 };

/** Few different numbers, so that there are ties, and all that is not a number. */
const scores = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 3, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
);

const searches = fc.record({
  population: fc.integer({ min: 2, max: 7 }),
  generations: fc.integer({ min: 1, max: 4 }),
  exploit: fc.constantFrom(...exploits),
  explore: fc.constantFrom(...explores),
  seed: fc.nat(),
  stream: fc.array(scores, { minLength: 1, maxLength: 28 }),
});

const through = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

interface Course<State> {
  readonly jobs: readonly Job[];
  readonly states: readonly State[];
  readonly end: State;
}

/** A whole search; `order` says in which order the jobs of a generation are reported, `keep` what happens to states in between. */
function run<State>(
  search: Scheduler<State>,
  scoreOf: (job: Job) => number,
  order: (jobs: readonly Job[]) => readonly Job[] = (jobs) => jobs,
  keep: (state: State) => State = (state) => state,
): Course<State> {
  const jobs: Job[] = [];
  const states: State[] = [];
  let state = keep(search.start());
  while (search.ended(state) === null) {
    const asked = search.ask(state);
    jobs.push(...asked);
    for (const { member, generation } of order(asked)) {
      const report: Report = {
        member,
        generation,
        score: scoreOf(asked.find((job) => job.member === member)!),
      };
      state = keep(search.tell(state, report));
    }
    states.push(state);
  }
  return { jobs, states, end: state };
}

test("pbt: bounds, determinism, restored states, order of reports, over random scores", () => {
  fc.assert(
    fc.property(searches, ({ stream, ...options }) => {
      const { population } = options;
      const search = () => pbt({ space, stop: null, generationEpochs: 3, burnIn: 2, ...options });
      const scoreOf = ({ member, generation }: Job) =>
        stream[(generation * population + member) % stream.length]!;
      const plain = run(search(), scoreOf);

      // The same from the seed, from states that went through JSON and another scheduler, and in any order of reports.
      const draws = searchDraws(RandomStream.fromSeed(options.seed));
      const shuffled = (jobs: readonly Job[]) => draws.permutation(jobs.length).map((i) => jobs[i]!);
      const other = run<PbtState>(
        {
          ...search(),
          tell: (state, report) => search().tell(through(state), report),
        },
        scoreOf,
        shuffled,
        through,
      );
      expect(other).toEqual(plain);
      expect(through(plain.states)).toEqual(plain.states);

      for (const job of plain.jobs) {
        expect(Object.keys(job.hyperparameters)).toEqual(Object.keys(space));
        for (const [name, parameter] of Object.entries(space)) {
          if (!isInside(parameter, job.hyperparameters[name])) {
            throw new Error(`${name} is out of bounds: ${job.hyperparameters[name]}`);
          }
        }
        if (!job.parent) continue;
        const parent = job.parent;
        expect(parent.generation).toBe(job.generation - 1);
        // Who goes on has a finite score, and one at least as good as its own.
        const of = (member: number) => scoreOf({ ...job, member, generation: parent.generation });
        expect(Number.isFinite(of(parent.member))).toBe(true);
        if (Number.isFinite(of(job.member))) {
          expect(of(parent.member)).toBeLessThanOrEqual(of(job.member));
        }
        const source = plain.jobs.find(
          (one) => one.member === parent.member && one.generation === parent.generation,
        )!;
        expect(job.epochs).toBe(source.epochs + 3);
        if (parent.member === job.member) expect(job.hyperparameters).toEqual(source.hyperparameters);
      }
    }),
    RUNS,
  );
});

test("pbt: between any two reports it asks for what has not been reported, and refuses what has", () => {
  fc.assert(
    fc.property(searches, fc.nat(), ({ stream, ...options }, at) => {
      const search = pbt({ space, stop: null, ...options });
      let state = search.start();
      let told = 0;
      while (search.ended(state) === null) {
        const [next, ...rest] = search.ask(through(state));
        const report = {
          member: next!.member,
          generation: next!.generation,
          score: stream[told % stream.length]!,
        };
        const after = search.tell(state, report);
        if (rest.length > 0) expect(search.ask(after)).toEqual(rest);
        if (told === at % (options.population * options.generations)) {
          expect(() => search.tell(after, report)).toThrow(
            /^pbt: (a job is reported once|a report must be of|a search that)/,
          );
          expect(() => search.tell(state, { ...report, member: options.population })).toThrow(
            /^pbt: a report must be of one/,
          );
          expect(() => search.tell(state, { ...report, generation: next!.generation + 1 })).toThrow(
            /^pbt: a report must be of the current/,
          );
        }
        state = after;
        told++;
      }
      expect(told).toBe(options.population * options.generations);
    }),
    { seed: 405, numRuns: 500 },
  );
});

test("random search: the same over random scores", () => {
  fc.assert(
    fc.property(fc.array(scores, { minLength: 1, maxLength: 9 }), fc.nat(), (stream, seed) => {
      const search = () => randomSearch({ space, members: stream.length, epochs: 2, seed });
      const scoreOf = ({ member }: Job) => stream[member]!;
      const plain = run(search(), scoreOf);
      expect(run(search(), scoreOf, (jobs) => [...jobs].reverse(), through)).toEqual(plain);
      expect(plain.end.members.map(({ score }) => score)).toEqual(
        stream.map((score) => (Number.isFinite(score) ? score + 0 : null)),
      );
    }),
    { seed: 406, numRuns: 1000 },
  );
});
