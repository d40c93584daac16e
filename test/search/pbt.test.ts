import { describe, expect, test } from "vitest";
import {
  autolfadsSpace,
  binaryTournament,
  disjointPairs,
  type Exploit,
  type Explore,
  type Job,
  linearExplore,
  logSymmetricExplore,
  type PbtOptions,
  pbt,
  resampleExplore,
  truncation,
} from "../../src/search";
import { play } from "./support";

const space = { rate: { type: "logUniform", low: 1e-3, high: 1 } } as const;
const small: PbtOptions = {
  space,
  population: 4,
  generationEpochs: 5,
  burnIn: 2,
  generations: 3,
  stop: null,
};

/** Tells a generation its scores, in the order of the members. */
function tellAll(
  search: ReturnType<typeof pbt>,
  state: ReturnType<typeof search.start>,
  scores: readonly number[],
) {
  return scores.reduce(
    (now, score, member) => search.tell(now, { member, generation: state.generation, score }),
    state,
  );
}

describe("pbt", () => {
  test("the defaults are those of AutoLFADS", () => {
    const search = pbt({ space: autolfadsSpace });
    expect(search.settings).toEqual({
      name: "pbt",
      space: JSON.parse(JSON.stringify(autolfadsSpace)),
      population: 20,
      generationEpochs: 25,
      burnIn: 80,
      generations: 50,
      exploit: { name: "binaryTournament" },
      explore: { name: "logSymmetric" },
      stop: { name: "improvementRatio", generations: 4, ratio: 5e-4 },
      seed: 0,
    });
    const jobs = search.ask(search.start());
    expect(jobs).toHaveLength(20);
    expect(
      jobs.every(({ epochs, parent, generation }) => epochs === 105 && !parent && generation === 0),
    ).toBe(true);
    expect(jobs.every(({ hyperparameters }) => hyperparameters.learningRate === 4e-3)).toBe(true);
    expect(new Set(jobs.map(({ hyperparameters }) => hyperparameters.dropout)).size).toBe(20);
  });

  test("losers go on from a winner with other hyperparameters, winners from themselves with their own", () => {
    const search = pbt({ ...small, exploit: disjointPairs() });
    const before = search.ask(search.start());
    const after = search.ask(tellAll(search, search.start(), [4, 1, 3, 2]));
    const rivals = after.map(({ parent }) => parent!.member);
    expect(rivals[1]).toBe(1);
    expect(rivals[0]).not.toBe(0);
    expect(new Set(rivals).size).toBe(2);
    for (const job of after) {
      const own = job.parent!.member === job.member;
      const inherited = before[job.parent!.member]!.hyperparameters.rate;
      expect(job.parent!.generation).toBe(0);
      expect(job.epochs).toBe(12);
      expect(job.generation).toBe(1);
      if (own) expect(job.hyperparameters.rate).toBe(inherited);
      else {
        const ratio = Number(job.hyperparameters.rate) / Number(inherited);
        expect(Math.abs(Math.log(ratio))).toBeGreaterThan(Math.log(1.0006) - 1e-9);
        expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(1.3) + 1e-9);
      }
    }
  });

  test("who is copied may copy somebody else: parents are of the end of the generation", () => {
    const exploit: Exploit = { settings: { name: "next" }, choose: () => [1, 2, 3, null] };
    const search = pbt({ ...small, exploit });
    const jobs = search.ask(tellAll(search, search.start(), [4, 3, 2, 1]));
    expect(jobs.map(({ parent }) => parent?.member)).toEqual([1, 2, 3, 3]);
  });

  const idle: Exploit = { settings: { name: "idle" }, choose: (scores) => scores.map(() => null) };
  const misled: Exploit = { settings: { name: "misled" }, choose: (scores) => scores.map(() => 1) };
  test.each([binaryTournament(), disjointPairs(), truncation(), idle, misled])(
    "what failed takes over what did not: $settings.name",
    (exploit) => {
      const sources = new Set<number>();
      for (let seed = 0; seed < 60; seed++) {
        const search = pbt({ ...small, population: 6, exploit, seed });
        const state = tellAll(search, search.start(), [5, Number.NaN, 4, Infinity, 3, -Infinity]);
        const parents = search.ask(state).map(({ parent }) => parent!.member);
        for (const member of [1, 3, 5]) sources.add(parents[member]!);
        expect(parents.every((parent) => parent % 2 === 0)).toBe(true);
        expect(state.best).toEqual([3]);
      }
      expect([...sources].sort()).toEqual([0, 2, 4]);
    },
  );

  test("when all have failed, all begin afresh with draws from the ranges", () => {
    const search = pbt({ ...small, space: { rate: { ...space.rate, initial: 0.1 } } });
    let state = tellAll(search, search.start(), [1, 2, 3, 4]);
    state = tellAll(search, state, [Number.NaN, Infinity, Number.NaN, -Infinity]);
    const jobs = search.ask(state);
    expect(jobs.map(({ generation, epochs, parent }) => [generation, epochs, parent])).toEqual(
      jobs.map(() => [2, 7, null]),
    );
    expect(new Set([0.1, ...jobs.map(({ hyperparameters }) => hyperparameters.rate)]).size).toBe(5);
    state = tellAll(search, state, [1, 2, 3, 4]);
    expect(state.best).toEqual([1, null, 1]);
    expect(search.ended(state)).toBe("generations");
    expect(search.ask(state)).toEqual([]);
  });

  test("ends when the best score stands still, or after the last generation", () => {
    const still = play(pbt({ space, population: 3 }), ({ member }) => member + 1);
    expect(still.at(-1)).toMatchObject({ generation: 3, best: [1, 1, 1, 1], end: "converged" });
    const better = play(
      pbt({ space, population: 3, generations: 6 }),
      ({ generation }) => 1 / (1 + generation),
    );
    expect(better.at(-1)).toMatchObject({ generation: 5, end: "generations" });
  });

  test("a report that nobody asked for is refused", () => {
    const search = pbt(small);
    const report = { member: 2, generation: 0, score: 1 };
    const told = search.tell(search.start(), report);
    expect(() => search.tell(told, report)).toThrow(
      "pbt: a job is reported once, got member 2 in generation 0 again",
    );
    expect(() => search.tell(told, { ...report, member: 4 })).toThrow(
      "must be of one of 4 members, got member 4",
    );
    expect(() => search.tell(told, { ...report, member: 0.5 })).toThrow("must be of one of 4 members");
    expect(() => search.tell(told, { ...report, generation: 1 })).toThrow(
      "pbt: a report must be of the current generation, 0, got member 2 in generation 1",
    );
    const next = tellAll(search, search.start(), [1, 2, 3, 4]);
    expect(() => search.tell(next, report)).toThrow("must be of the current generation, 1");
    const text = { ...report, member: 1, score: "1" as unknown as number };
    expect(() => search.tell(told, text)).toThrow("score must be a number, NaN for a failure, got 1");
    const ended = play(search, () => 1).at(-1)!;
    expect(() => search.tell(ended, { ...report, generation: 2 })).toThrow(
      "a search that has ended takes no reports",
    );
    expect(() => pbt({ ...small, population: 5 }).ask(told)).toThrow("the state must be of 5 members, got 4");
  });

  test("options and strategies that cannot be", () => {
    expect(() => pbt({ ...small, population: 1 })).toThrow(
      "pbt: population must be an integer of at least 2, got 1",
    );
    expect(() => pbt({ ...small, generations: 0 })).toThrow(
      "pbt: generations must be an integer of at least 1, got 0",
    );
    expect(() => pbt({ ...small, generationEpochs: 1.5 })).toThrow("generationEpochs must be an integer");
    expect(() => pbt({ ...small, burnIn: -1 })).toThrow("burnIn must be an integer of at least 0, got -1");
    expect(() => pbt({ space: { rate: { type: "logUniform", low: 0, high: 1 } } })).toThrow(
      "pbt: space.rate: low must be above 0, got 0",
    );
    const outside: Explore = {
      settings: { name: "outside" },
      explore: (copies) => copies.map(() => ({ rate: 2 })),
    };
    const everyone: Exploit = { settings: { name: "everyone" }, choose: (scores) => scores.map(() => 0) };
    const search = pbt({ ...small, exploit: everyone, explore: outside });
    expect(() => tellAll(search, search.start(), [1, 2, 3, 4])).toThrow(
      "pbt: what explore gives: rate must be inside its bounds, got 2",
    );
    const nobody: Exploit = { settings: { name: "nobody" }, choose: (scores) => scores.map(() => 9) };
    const other = pbt({ ...small, exploit: nobody });
    expect(() => tellAll(other, other.start(), [1, 2, 3, 4])).toThrow(
      "pbt: exploit must choose a member from 0 to 3 or null, got 9",
    );
  });

  test("explore sees what it remembers, and who goes on unchanged", () => {
    const seen: Parameters<Explore["explore"]>[1][] = [];
    const explore: Explore = {
      settings: { name: "watch" },
      memory: 6,
      explore(copies, context) {
        seen.push(context);
        return copies.map(({ hyperparameters }) => hyperparameters);
      },
    };
    const states = play(pbt({ ...small, explore, exploit: truncation() }), ({ member, generation }) =>
      member === 2 ? Number.NaN : member + generation,
    );
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({ generation: 1, past: [{}, {}, {}] });
    expect(seen[0]?.past.map(({ generation, score, after }) => [generation, score, after])).toEqual([
      [0, null, 0],
      [0, null, 1],
      [0, null, 3],
    ]);
    expect(seen[1]?.past).toHaveLength(6);
    expect(seen[1]?.past.slice(3).map(({ generation, after }) => [generation, after])).toEqual([
      [1, 1],
      [1, 2],
      [1, 4],
    ]);
    expect(seen[0]?.unchanged.map(({ score }) => score)).toEqual([0, 1]);
    for (const state of states) expect(state.past.length).toBeLessThanOrEqual(6);
  });

  test.each([logSymmetricExplore(), linearExplore(), resampleExplore()])(
    "finds the rate that a model learns fastest with: $settings.name",
    (explore) => {
      const models = new Map<string, number>();
      const search = pbt({ ...small, population: 12, generations: 25, explore, seed: 2 });
      let last: readonly Job[] = [];
      play(search, ({ member, generation, parent, hyperparameters }) => {
        const x = parent ? models.get(`${parent.generation}/${parent.member}`)! : 100;
        const next = x * (1 - 0.3 * Math.exp(-(Math.log(Number(hyperparameters.rate) / 0.03) ** 2)));
        models.set(`${generation}/${member}`, next);
        last = [...last, { member, generation, parent, hyperparameters, epochs: 0 }].slice(-12);
        return next;
      });
      const rates = last.map(({ hyperparameters }) =>
        Math.abs(Math.log(Number(hyperparameters.rate) / 0.03)),
      );
      expect(rates.sort((a, b) => a - b)[6]).toBeLessThan(0.5);
    },
  );
});
