import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RandomStream } from "../../src/random";
import {
  type Explore,
  type ExploreContext,
  linearExplore,
  logSymmetricExplore,
  resampleExplore,
  type SearchParameter,
  type SearchSpace,
  type Values,
} from "../../src/search";
import { isInside } from "../../src/search/bounds";
import { type SearchDraws, searchDraws } from "../../src/search/draws";
import { recorded, tune } from "./support";

function explore(how: Explore, space: SearchSpace, hyperparameters: Values, draws: SearchDraws): Values {
  const context: ExploreContext = { space, draws, generation: 1, past: [], unchanged: [] };
  return how.explore([{ score: 1, hyperparameters }], context)[0]!;
}

/** One parameter, explored `count` times from the same value. */
function many(how: Explore, parameter: SearchParameter, value: Values[string], count = 4000) {
  const draws = searchDraws(RandomStream.fromSeed(7));
  return Array.from({ length: count }, () => explore(how, { x: parameter }, { x: value }, draws).x!);
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

describe("linearExplore", () => {
  interface Golden {
    readonly space: Record<string, { min_bound: number; max_bound: number | null; explore_wt: number }>;
    readonly traces: readonly {
      readonly config: Record<string, number>;
      readonly new_config: Record<string, number>;
      readonly draws: readonly (readonly ["u" | "c", number])[];
    }[];
  }
  const golden = tune.json<Golden>("explore");
  const space: SearchSpace = Object.fromEntries(
    Object.entries(golden.space).map(([name, { min_bound, max_bound, explore_wt }]) => [
      name,
      {
        type: "uniform",
        low: min_bound,
        high: max_bound ?? 1,
        weight: explore_wt,
        bounded: max_bound !== null,
      },
    ]),
  );

  test.each(golden.traces)("as lfads-torch, from its draws: $config", ({ config, new_config, draws }) => {
    // It draws a step up and a step down, then which of the two; the weight is that of the hyperparameter whose turn it is.
    const uniforms: number[] = [];
    const integers: number[] = [];
    const names = Object.keys(config);
    const inside = (name: string, x: number) =>
      x >= golden.space[name]!.min_bound && x <= (golden.space[name]!.max_bound ?? Infinity);
    let turn = 0;
    for (let i = 0, tries = 1; i < draws.length; i += 3, tries++) {
      const name = names[turn]!;
      const weight = golden.space[name]!.explore_wt;
      const choice = draws[i + 2]![1];
      const step = draws[i + choice]![1];
      uniforms.push((Math.abs(step) - 0.002 * weight) / (weight - 0.002 * weight));
      integers.push(choice);
      if (tries === 100 || inside(name, config[name]! * (1 + step))) {
        turn++;
        tries = 0;
      }
    }
    const replay = recorded({ uniforms, integers });
    const result = explore(linearExplore(), space, config, replay);
    expect(replay.left()).toBe(0);
    for (const name of names) {
      expect(Math.abs(Number(result[name]) - new_config[name]!)).toBeLessThanOrEqual(
        1e-14 * new_config[name]!,
      );
    }
  });

  test("drifts downwards on a logarithmic scale", () => {
    const logs = many(linearExplore(), { type: "uniform", low: 0, high: 10, weight: 0.8 }, 1).map((x) =>
      Math.log(Number(x)),
    );
    // Of log(1 + s) and log(1 - s), s uniform on (0.0016, 0.8): by integration.
    expect(Math.abs(mean(logs) + 0.1334)).toBeLessThan(0.03);
  });
});

describe("logSymmetricExplore", () => {
  test("steps of a recorded draw, by hand", () => {
    const draws = recorded({ uniforms: [0.5, 0.25], integers: [0, 1] });
    const space: SearchSpace = {
      a: { type: "logUniform", low: 1e-3, high: 1, weight: 0.8 },
      b: { type: "uniform", low: 0, high: 4 },
    };
    const { a, b } = explore(logSymmetricExplore(), space, { a: 0.1, b: 2 }, draws);
    // sqrt(1.0016 * 1.8), then 1 / (1.0006 (1.3 / 1.0006)^(1 / 4))
    expect(Math.abs(Number(a) - 0.1 * Math.sqrt(1.0016 * 1.8))).toBeLessThan(1e-15);
    expect(Math.abs(Number(b) - 2 / (1.0006 * (1.3 / 1.0006) ** 0.25))).toBeLessThan(1e-14);
  });

  test("has no drift on a logarithmic scale, and always moves within the weight", () => {
    const logs = many(logSymmetricExplore(), { type: "uniform", low: 0, high: 10, weight: 0.8 }, 1).map((x) =>
      Math.log(Number(x)),
    );
    expect(Math.abs(mean(logs))).toBeLessThan(0.02);
    for (const step of logs.map(Math.abs)) {
      expect(step).toBeGreaterThan(Math.log(1.0016) - 1e-12);
      expect(step).toBeLessThan(Math.log(1.8) + 1e-12);
    }
  });

  test("what is not bounded leaves the range both ways, what is bounded does not", () => {
    const range = { type: "logUniform", low: 0.9, high: 1.1, weight: 0.8 } as const;
    const free = many(logSymmetricExplore(), { ...range, bounded: false }, 1).map(Number);
    expect(Math.min(...free)).toBeLessThan(0.6);
    expect(Math.max(...free)).toBeGreaterThan(1.7);
    const kept = many(logSymmetricExplore(), range, 1).map(Number);
    expect(Math.min(...kept)).toBeGreaterThan(0.9 - 1e-12);
    expect(Math.max(...kept)).toBeLessThan(1.1 + 1e-12);
  });

  test("after a hundred tries it is clipped", () => {
    const draws = recorded({
      uniforms: Array.from({ length: 100 }, () => 0.5),
      integers: Array.from({ length: 100 }, () => 0),
    });
    const space: SearchSpace = { x: { type: "uniform", low: 0, high: 1 } };
    expect(explore(logSymmetricExplore(), space, { x: 1 }, draws)).toEqual({ x: 1 });
    expect(draws.left()).toBe(0);
  });
});

describe("resampleExplore", () => {
  test("draws from the range a quarter of the time, else takes a step of a fifth", () => {
    const values = many(resampleExplore(), { type: "uniform", low: 0, high: 10 }, 5).map(Number);
    const share = (test: (x: number) => boolean) => values.filter(test).length / values.length;
    expect(Math.abs(share((x) => x === 6) - 0.375)).toBeLessThan(0.03);
    expect(Math.abs(share((x) => x === 4) - 0.375)).toBeLessThan(0.03);
    expect(Math.abs(share((x) => x > 6 || x < 4) - 0.25 * 0.8)).toBeLessThan(0.03);
  });

  test("clips to the bounds", () => {
    const space: SearchSpace = {
      x: { type: "uniform", low: 0, high: 1 },
      y: { type: "choice", values: [1, 2] },
    };
    const draws = recorded({ uniforms: [0.9, 0.9], integers: [0, 0] });
    expect(explore(resampleExplore(), space, { x: 0.9, y: 2 }, draws)).toEqual({ x: 1, y: 2 });
  });

  test("a probability that cannot be", () => {
    expect(() => resampleExplore({ probability: 2 })).toThrow("probability must be from 0 to 1, got 2");
  });
});

const strategies = [logSymmetricExplore(), linearExplore(), resampleExplore()];

describe.each(strategies)("$settings.name", (how) => {
  test("integers always can move, and reach all of a range", () => {
    const parameter = { type: "integer", low: -2, high: 5, weight: 0.01 } as const;
    for (let value = -2; value <= 5; value++) {
      expect(many(how, parameter, value, 200).some((x) => x !== value)).toBe(true);
    }
    const draws = searchDraws(RandomStream.fromSeed(1));
    const seen = new Set<unknown>();
    let values: Values = { x: 2 };
    for (let i = 0; i < 500; i++) {
      values = explore(how, { x: parameter }, values, draws);
      seen.add(values.x);
    }
    expect([...seen].sort((a, b) => Number(a) - Number(b))).toEqual([-2, -1, 0, 1, 2, 3, 4, 5]);
  });

  test("a choice goes to its neighbours; one without stays", () => {
    const reached = new Set(many(how, { type: "choice", values: ["a", "b", "c"] }, "b", 200));
    expect(reached.has("a") && reached.has("c")).toBe(true);
    expect(new Set(many(how, { type: "choice", values: ["a"] }, "a", 20))).toEqual(new Set(["a"]));
  });

  test("is never out of bounds, from any value and weight", () => {
    const parameter: fc.Arbitrary<SearchParameter> = fc
      .record({
        type: fc.constantFrom("uniform", "logUniform", "integer"),
        low: fc.integer({ min: -1000, max: 1000 }),
        width: fc.integer({ min: 1, max: 5000 }),
        weight: fc.double({ min: 1e-3, max: 3, noNaN: true }),
        bounded: fc.boolean(),
      })
      .map(({ type, low, width, weight, bounded }) => {
        if (type === "integer") return { type, low, high: low + width, weight };
        const from = type === "logUniform" || !bounded ? Math.abs(low) + 0.01 : low;
        return {
          type: type === "uniform" ? type : "logUniform",
          low: from,
          high: from + width,
          weight,
          bounded,
        };
      });
    fc.assert(
      fc.property(parameter, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (x, seed, at) => {
        if (x.type === "choice") return;
        const start = x.low + at * (x.high - x.low);
        let values: Values = { x: x.type === "integer" ? Math.round(start) + 0 : Math.min(start, x.high) };
        const draws = searchDraws(RandomStream.fromSeed(seed));
        for (let i = 0; i < 10; i++) {
          values = explore(how, { x }, values, draws);
          expect(isInside(x, values.x)).toBe(true);
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
