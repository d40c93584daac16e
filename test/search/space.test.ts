import { describe, expect, test } from "vitest";
import { RandomStream } from "../../src/random";
import { autolfadsSpace, checkSpace, type SearchSpace, sampleInitial, sampleSpace } from "../../src/search";
import { isInside } from "../../src/search/bounds";
import { sampleParameter } from "../../src/search/sampleSpace";
import type { RangeParameter } from "../../src/search/space";
import { defaultHyperparameters, resolveHyperparameters } from "../../src/train/hyperparameters";
import { recorded, tune } from "./support";

const wrong = (parameter: unknown) => () => checkSpace({ x: parameter } as SearchSpace);
const range = { type: "uniform", low: 1, high: 2 };

describe("checkSpace", () => {
  test.each([
    [
      { type: "normal", low: 0, high: 1 },
      "checkSpace: space.x: type must be uniform, logUniform, integer, choice, got normal",
    ],
    [undefined, "type must be uniform, logUniform, integer, choice, got undefined"],
    [{ ...range, min: 0 }, 'a parameter of type uniform has no field "min"'],
    [
      { type: "integer", low: 1, high: 2, bounded: true },
      'a parameter of type integer has no field "bounded"',
    ],
    [{ ...range, high: 1 }, "bounds must be finite numbers, low below high, got 1 and 1"],
    [{ ...range, high: Infinity }, "bounds must be finite numbers, low below high, got 1 and Infinity"],
    [{ ...range, low: Number.NaN }, "bounds must be finite numbers, low below high, got NaN and 2"],
    [{ ...range, low: -1.7e308, high: 1.7e308 }, "the range must not be wider than a number can be"],
    [{ type: "integer", low: 0.5, high: 2 }, "bounds must be integers, low below high, got 0.5 and 2"],
    [{ type: "integer", low: 0, high: 2 ** 31 }, "there must be at most 2^31 integers"],
    [{ type: "logUniform", low: 0, high: 2 }, "low must be above 0, got 0"],
    [{ ...range, initial: 3 }, "initial must be one of the finite numbers from 1 to 2, got 3"],
    [
      { type: "integer", low: 1, high: 3, initial: 1.5 },
      "initial must be one of the integers from 1 to 3, got 1.5",
    ],
    [{ ...range, weight: 0 }, "weight must be a finite number above 0, got 0"],
    [{ ...range, bounded: 1 }, "bounded must be true or false, got 1"],
    [{ ...range, low: -1, bounded: false }, "what is not bounded must begin above 0, got low -1"],
    [
      { ...range, low: 0, initial: 0, bounded: false },
      "what is not bounded must begin above 0, got initial 0",
    ],
    [{ type: "choice", values: [] }, "values must be at least one finite number, string or boolean, got []"],
    [
      { type: "choice", values: [1, Number.NaN] },
      "values must be at least one finite number, string or boolean",
    ],
    [{ type: "choice", values: ["a", "a"] }, 'values must be all different, got ["a","a"]'],
    [{ type: "choice", values: ["a"], initial: "b" }, 'initial must be one of ["a"], got b'],
  ])("%j is refused", (parameter, message) => {
    expect(wrong(parameter)).toThrow(message);
  });

  test("an empty space, and a name that a training does not know", () => {
    expect(() => checkSpace({})).toThrow("checkSpace: space must hold at least one hyperparameter, got none");
    expect(() => checkSpace({ rate: range as RangeParameter }, ["learningRate", "dropout"])).toThrow(
      'checkSpace: no hyperparameter is called "rate", there are learningRate, dropout',
    );
  });
});

describe("sampling", () => {
  test("as lfads-torch, from its draws", () => {
    const cases =
      tune.json<{ min: number; max: number; sample_fn: string; unit_draw: number; value: number }[]>(
        "hyperparam_sampling",
      );
    expect(cases).toHaveLength(3);
    for (const { min, max, sample_fn, unit_draw, value } of cases) {
      const type = sample_fn === "loguniform" ? "logUniform" : "uniform";
      const drawn = sampleParameter({ type, low: min, high: max }, recorded({ uniforms: [unit_draw] }));
      expect(Math.abs(Number(drawn) / value - 1)).toBeLessThan(1e-14);
    }
  });

  const space = {
    even: { type: "uniform", low: -1, high: 3, initial: 0 },
    log: { type: "logUniform", low: 1e-4, high: 1 },
    whole: { type: "integer", low: -2, high: 3 },
    one: { type: "choice", values: ["a", "b", true] },
  } satisfies SearchSpace;
  const draws = Array.from({ length: 6000 }, (_, i) => sampleSpace(space, RandomStream.fromSeed(i)));
  const mean = (f: (values: (typeof draws)[number]) => number) =>
    draws.reduce((sum, values) => sum + f(values) / draws.length, 0);

  test("moments of each kind, with every value inside", () => {
    for (const values of draws) {
      for (const [name, parameter] of Object.entries(space))
        expect(isInside(parameter, values[name])).toBe(true);
    }
    expect(Math.abs(mean(({ even }) => Number(even)) - 1)).toBeLessThan(0.06);
    expect(Math.abs(mean(({ even }) => (Number(even) - 1) ** 2) - 16 / 12)).toBeLessThan(0.06);
    expect(Math.abs(mean(({ log }) => Math.log10(Number(log))) + 2)).toBeLessThan(0.06);
    for (let value = -2; value <= 3; value++) {
      expect(Math.abs(mean(({ whole }) => Number(whole === value)) - 1 / 6)).toBeLessThan(0.02);
    }
    for (const value of space.one.values) {
      expect(Math.abs(mean(({ one }) => Number(one === value)) - 1 / 3)).toBeLessThan(0.025);
    }
  });

  test("a draw depends on its name, not on what else there is", () => {
    const alone = sampleSpace({ log: space.log }, RandomStream.fromSeed(5));
    expect(alone.log).toBe(draws[5]?.log);
  });

  test("members begin with initial values where there are some", () => {
    const values = sampleInitial(space, RandomStream.fromSeed(5));
    expect(values).toEqual({ ...draws[5], even: 0 });
  });
});

test("a training of LFADS takes what AutoLFADS draws", () => {
  checkSpace(autolfadsSpace, Object.keys(defaultHyperparameters));
  for (let seed = 0; seed < 100; seed++) {
    const stream = RandomStream.fromSeed(seed);
    resolveHyperparameters(sampleSpace(autolfadsSpace, stream));
    expect(sampleInitial(autolfadsSpace, stream)).toMatchObject({
      learningRate: 4e-3,
      coordinatedDropout: 0.5,
    });
  }
});
