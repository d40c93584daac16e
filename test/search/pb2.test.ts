import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { normal, RandomStream } from "../../src/random";
import {
  type Explore,
  type ExploreContext,
  logSymmetricExplore,
  type Outcome,
  pb2Explore,
  pbt,
  type SearchSpace,
  type Values,
} from "../../src/search";
import { isInside } from "../../src/search/bounds";
import { searchDraws } from "../../src/search/draws";
import { Cholesky } from "../../src/search/explore/cholesky";
import { GaussianProcess, type Place } from "../../src/search/explore/gaussianProcess";
import { play } from "./support";

test("Cholesky: a factor that grows by rows is that of the whole matrix", () => {
  const noise = normal(RandomStream.fromSeed(1), 42);
  const a = Matrix.from1DArray(6, 7, Array.from(noise));
  const k = a.mmul(a.transpose());
  const factor = new Cholesky();
  for (let i = 0; i < 6; i++) factor.append(k.getRow(i).slice(0, i + 1));
  const b = [1, -2, 3, 0.5, 0, 4];
  const expected = new CholeskyDecomposition(k);
  const x = factor.solveUpper(factor.solveLower(b));
  expected
    .solve(Matrix.columnVector(b))
    .to1DArray()
    .forEach((value, i) => {
      expect(Math.abs(x[i]! - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
    });
  factor.diagonal.forEach((value, i) => {
    expect(Math.abs(value - expected.lowerTriangularMatrix.get(i, i))).toBeLessThan(1e-12);
  });
  expect(() => factor.append([...k.getRow(0), k.get(0, 0) - 1])).toThrow(
    "Cholesky: the matrix must be positive definite",
  );
});

describe("GaussianProcess", () => {
  const at = (x: number, time = 0): Place => ({ hyperparameters: [x], score: 0, time });
  const xs = Array.from({ length: 40 }, (_, i) => i / 39);

  test("follows a smooth function and knows where it knows nothing", () => {
    const process = GaussianProcess.fit(
      xs.map((x) => at(x)),
      xs.map((x) => Math.sin(6 * x)),
    );
    for (const x of [0.11, 0.5, 0.83]) {
      expect(Math.abs(process.predict(at(x)).mean - Math.sin(6 * x))).toBeLessThan(0.05);
    }
    expect(process.predict(at(0.5)).deviation).toBeLessThan(0.15);
    expect(process.predict(at(6)).deviation).toBeGreaterThan(5 * process.predict(at(0.5)).deviation);
    expect(Math.abs(process.predict(at(6)).mean)).toBeLessThan(0.05);
  });

  test("trusts what is new more than what is old", () => {
    const places = [...xs.map((x) => at(x, 0)), ...xs.map((x) => at(x, 10))];
    const values = [...xs.map((x) => Math.sin(6 * x)), ...xs.map((x) => -Math.sin(6 * x))];
    const { mean } = GaussianProcess.fit(places, values).predict(at(0.25, 11));
    expect(mean).toBeLessThan(-0.5);
  });

  test("a hallucinated value leaves the mean and lowers the deviation", () => {
    const process = GaussianProcess.fit([at(0), at(0.1), at(0.4)], [1, 0.8, -1.8]);
    const before = process.predict(at(0.9));
    process.hallucinate(at(0.9));
    const after = process.predict(at(0.9));
    expect(after.mean).toBe(before.mean);
    expect(after.deviation).toBeLessThan(before.deviation);
  });
});

const space = {
  rate: { type: "logUniform", low: 1e-4, high: 1, bounded: false },
  dropout: { type: "uniform", low: 0, high: 1 },
} satisfies SearchSpace;

/**
 * Training with hyperparameters whose best values move: log rate from 0.2 to 0.8 of its range, dropout from 0.8 to 0.3. A generation
 * shrinks the score by 30 % at best, with noise.
 */
function lastScore(explore: Explore, seed: number): number {
  const generations = 20;
  const scores = new Map<string, number>();
  const noise = RandomStream.fromSeed(seed).fork("noise");
  const search = pbt({ space, population: 8, generations, stop: null, explore, seed });
  const states = play(search, ({ member, generation, parent, hyperparameters }) => {
    const time = generation / (generations - 1);
    const off = [
      Math.log10(Number(hyperparameters.rate)) / 4 + 1 - (0.2 + 0.6 * time),
      Number(hyperparameters.dropout) - (0.8 - 0.5 * time),
    ];
    const distance = (off[0]! ** 2 + off[1]! ** 2) / (2 * 0.15 ** 2);
    const gain = Math.exp(-distance) + 0.1 * normal(noise.fork(generation).fork(member), 1)[0]!;
    const before = parent ? scores.get(`${parent.generation}/${parent.member}`)! : 100;
    const score = before * (1 - 0.3 * gain);
    scores.set(`${generation}/${member}`, score);
    return score;
  });
  return states.at(-1)!.best.at(-1)!;
}

describe("pb2Explore", () => {
  test("beats the perturbations of PBT where the optimum moves, at the same budget, with every seed", () => {
    const seeds = [0, 1, 2, 3, 4];
    const scores = seeds.map(
      (seed) => [lastScore(pb2Explore(), seed), lastScore(logSymmetricExplore(), seed)] as const,
    );
    for (const [pb2, perturbed] of scores) expect(pb2).toBeLessThan(perturbed);
    const mean = (which: 0 | 1) =>
      scores.reduce((sum, pair) => sum + Math.log(pair[which]) / seeds.length, 0);
    expect(mean(0)).toBeLessThan(mean(1) - 1);
  });

  test("is deterministic", () => {
    expect(lastScore(pb2Explore(), 9)).toBe(lastScore(pb2Explore(), 9));
  });

  const mixed = {
    log: { type: "logUniform", low: 1e-4, high: 1 },
    whole: { type: "integer", low: 0, high: 6 },
    one: { type: "choice", values: ["a", "b", "c"] },
  } satisfies SearchSpace;
  const context = (past: readonly Outcome[]): ExploreContext => ({
    space: mixed,
    draws: searchDraws(RandomStream.fromSeed(3)),
    generation: 3,
    past,
    unchanged: [{ score: 1, hyperparameters: { log: 0.5, whole: 1, one: "a" } }],
  });
  const random = searchDraws(RandomStream.fromSeed(4));
  const outcome = (gain: (values: Values) => number, i: number): Outcome => {
    const hyperparameters = {
      log: 10 ** (-4 * random.uniform()),
      whole: random.integer(7),
      one: mixed.one.values[random.integer(3)]!,
    };
    return { generation: 1 + (i % 2), score: 10, hyperparameters, after: 10 - gain(hyperparameters) };
  };
  const byGeneration = (outcomes: readonly Outcome[]) =>
    [...outcomes].sort((a, b) => a.generation - b.generation);

  test("finds the good integer and the good choice", () => {
    const gain = ({ whole, one }: Values) => 3 - Math.abs(Number(whole) - 4) + (one === "c" ? 3 : 0);
    const past = byGeneration(Array.from({ length: 80 }, (_, i) => outcome(gain, i)));
    const copies = Array.from({ length: 6 }, () => ({
      score: 10,
      hyperparameters: { log: 0.01, whole: 0, one: "a" },
    }));
    const chosen = pb2Explore().explore(copies, context(past));
    for (const { whole, one } of chosen) {
      expect(one).toBe("c");
      expect(Math.abs(Number(whole) - 4)).toBeLessThanOrEqual(1);
    }
    expect(new Set(chosen.map(({ log }) => log)).size).toBe(6);
  });

  test("perturbs while there is nothing to learn from", () => {
    const copies = [{ score: 10, hyperparameters: { log: 0.01, whole: 2, one: "a" } }];
    const fresh = Array.from({ length: 10 }, (_, i) => ({ ...outcome(() => 1, i), score: null }));
    const equal = byGeneration(Array.from({ length: 10 }, (_, i) => outcome(() => 1, i)));
    for (const past of [[], fresh, equal]) {
      expect(pb2Explore().explore(copies, context(past))).toEqual(
        logSymmetricExplore().explore(copies, context(past)),
      );
    }
  });

  test("restored states and any scores give the same search, inside the bounds", () => {
    const scores = [1, 1e308, -1e308, Number.NaN, 3, -2, 0, 1e-300, Infinity, 2, 2, 1e9];
    for (let seed = 0; seed < 40; seed++) {
      const search = pbt({
        space: mixed,
        population: 6,
        generations: 6,
        stop: null,
        explore: pb2Explore({ candidates: 10 }),
        seed,
      });
      const scoreOf = ({ member, generation }: { member: number; generation: number }) =>
        scores[(generation * 5 + member * 7 + seed * 3 + generation * member * seed) % scores.length]!;
      const end = play(search, scoreOf).at(-1);
      let state = search.start();
      while (search.ended(state) === null) {
        for (const { member, generation, hyperparameters } of [...search.ask(state)].reverse()) {
          for (const [name, parameter] of Object.entries(mixed)) {
            expect(isInside(parameter, hyperparameters[name])).toBe(true);
          }
          const report = { member, generation, score: scoreOf({ member, generation }) };
          state = search.tell(JSON.parse(JSON.stringify(state)), report);
        }
      }
      expect(state).toEqual(end);
    }
  });

  test("options that cannot be", () => {
    expect(() => pb2Explore({ memory: 3 })).toThrow(
      "pb2Explore: memory must be an integer of at least 4, got 3",
    );
    expect(() => pb2Explore({ candidates: 0 })).toThrow(
      "pb2Explore: candidates must be an integer of at least 1, got 0",
    );
  });
});
