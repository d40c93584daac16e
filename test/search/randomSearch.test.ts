import { expect, test } from "vitest";
import { type Job, randomSearch, type SearchSpace } from "../../src/search";
import { play } from "./support";

const space = {
  rate: { type: "logUniform", low: 1e-4, high: 1, initial: 0.5 },
  units: { type: "integer", low: 1, high: 9 },
} satisfies SearchSpace;

test("asks once for each member, all of them fresh, and ends", () => {
  const search = randomSearch({ space, members: 4, epochs: 30, seed: 1 });
  const jobs: Job[] = [];
  const states = play(search, (job) => {
    jobs.push(job);
    return [1, Number.NaN, Infinity, -2][job.member]!;
  });
  expect(jobs.map(({ member, generation, parent, epochs }) => [member, generation, parent, epochs])).toEqual(
    [0, 1, 2, 3].map((member) => [member, 0, null, 30]),
  );
  expect(new Set(jobs.map(({ hyperparameters }) => hyperparameters.rate)).size).toBe(4);
  expect(states.at(-1)?.members.map(({ score }) => score)).toEqual([1, null, null, -2]);
  expect(search.ask(states.at(-1)!)).toEqual([]);
  for (const state of states) expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});

test("a member's hyperparameters depend on the seed, not on how many there are", () => {
  const draws = (members: number, seed: number) => {
    const search = randomSearch({ space, members, epochs: 1, seed });
    return search.ask(search.start()).map(({ hyperparameters }) => hyperparameters);
  };
  expect(draws(8, 3).slice(0, 3)).toEqual(draws(3, 3));
  expect(draws(3, 3)).not.toEqual(draws(3, 4));
});

test("what cannot be", () => {
  expect(() => randomSearch({ space: {}, members: 1, epochs: 1 })).toThrow("randomSearch: space must hold");
  expect(() => randomSearch({ space, members: 0, epochs: 1 })).toThrow(
    "members must be an integer of at least 1, got 0",
  );
  const search = randomSearch({ space, members: 2, epochs: 1 });
  const report = { member: 1, generation: 0, score: 1 };
  const told = search.tell(search.start(), report);
  expect(() => search.tell(told, report)).toThrow("randomSearch: a job is reported once, got member 1");
  expect(() => search.tell(told, { ...report, generation: 1 })).toThrow(
    "must be of the current generation, 0",
  );
});
