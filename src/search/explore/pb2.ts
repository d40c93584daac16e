import { log } from "../../random/arithmetic";
import type { SearchDraws } from "../draws";
import { requireInteger } from "../population";
import { sampleParameter } from "../sampleSpace";
import type { SearchParameter, SearchSpace } from "../space";
import { fromUnit, toUnit } from "../unitScale";
import type { Values } from "../values";
import type { Candidate, Explore, Outcome } from "./explore";
import { GaussianProcess, type Place } from "./gaussianProcess";
import { logSymmetricExplore } from "./logSymmetric";

/** Options of {@link pb2Explore}. */
export interface Pb2Options {
  /** Outcomes that it learns from: the last ones. At least 4. @default 200 */
  readonly memory?: number;
  /** Random places that it looks at for each copy, before it refines the best. @default 200 */
  readonly candidates?: number;
}

/** Refinements of the best place: so many others around it, ever closer. */
const REFINEMENTS = 6;
const AROUND = 16;
/** Members that are taken to know their results already. */
const MOST_PENDING = 100;
/** Fewer outcomes teach nothing. */
const LEAST = 4;

/**
 * Population-based bandits (PB2): learns from the outcomes of earlier generations how much a generation improves a score, given the
 * generation, the score before and the hyperparameters, and takes the hyperparameters from which it may expect most.
 *
 * The improvement, standardised within each generation, is a Gaussian process that changes in time. What is taken has the largest `mean + k deviation`, with
 * `k^2 = 0.2 + max(0, log(0.4 n))` for n outcomes, of random draws from the ranges, refined around the best. The copies of a
 * generation take turns, each as if the results of those before, and of members that go on unchanged, were known. Numbers stay in
 * their ranges, also those that are not bounded. The explore weights matter only until there is something to learn from:
 * {@link logSymmetricExplore} until then.
 *
 * ```ts
 * import { autolfadsSpace, pb2Explore, pbt, truncation } from "lfads";
 *
 * const scheduler = pbt({ space: autolfadsSpace, exploit: truncation(), explore: pb2Explore() });
 * ```
 *
 * Source: Parker-Holder, Nguyen and Roberts 2020, Provably Efficient Online Hyperparameter Optimization with Population-Based
 * Bandits.
 *
 * @throws if an option is out of range
 */
export function pb2Explore({ memory = 200, candidates = 200 }: Pb2Options = {}): Explore {
  requireInteger("pb2Explore", "memory", memory, LEAST);
  requireInteger("pb2Explore", "candidates", candidates, 1);
  const beginning = logSymmetricExplore();
  return {
    settings: { name: "pb2", memory, candidates },
    memory,
    explore(copies, context) {
      const { space, draws, generation, past, unchanged } = context;
      const known = past.filter(({ score }) => score !== null);
      const gains = standardGains(known);
      if (known.length < LEAST || !gains || copies.length === 0) return beginning.explore(copies, context);

      const place = placing(space, known);
      const process = GaussianProcess.fit(
        known.map((outcome) => place(outcome, outcome.generation)),
        gains,
      );
      for (const member of unchanged.slice(0, MOST_PENDING)) process.hallucinate(place(member, generation));
      const weight = Math.sqrt(0.2 + Math.max(0, log(0.4 * known.length)));
      return copies.map(({ score, hyperparameters }, turn) => {
        const value = (values: Values) => {
          const { mean, deviation } = process.predict(place({ score, hyperparameters: values }, generation));
          return mean + weight * deviation;
        };
        const chosen = maximise(space, value, hyperparameters, candidates, draws);
        if (turn < MOST_PENDING) process.hallucinate(place({ score, hyperparameters: chosen }, generation));
        return chosen;
      });
    },
  };
}

/**
 * By how much each outcome was better than others of its generation, on a scale on which generations have the same spread: a training
 * that slows down must not hide which hyperparameters are good. Null if there is nothing to tell outcomes apart.
 */
function standardGains(known: readonly Outcome[]): number[] | null {
  const generations = new Map<number, number[]>();
  for (const { generation, score, after } of known) {
    generations.set(generation, [...(generations.get(generation) ?? []), score! - after]);
  }
  const gains = [...generations.values()].flatMap(standardise); // outcomes of a generation follow one another
  return gains.some((gain) => gain !== 0) ? gains : null;
}

/** Mean 0 and variance 1, with what is far out brought in; zeros if all are equal, or too far apart for numbers. */
function standardise(values: readonly number[]): number[] {
  const ordered = [...values].sort((a, b) => a - b);
  const quantile = (q: number) => ordered[Math.floor(q * (ordered.length - 1))]!;
  const low = quantile(0.25);
  const high = quantile(0.75);
  const reach = 3 * (high - low);
  const kept = values.map((value) =>
    reach > 0 ? Math.min(high + reach, Math.max(low - reach, value)) : value,
  );
  const mean = kept.reduce((sum, value) => sum + value / kept.length, 0);
  const deviation = Math.sqrt(kept.reduce((sum, value) => sum + (value - mean) ** 2 / kept.length, 0));
  return kept.map((value) => (deviation > 0 && deviation < Infinity ? (value - mean) / deviation : 0));
}

/** Where members are, with scores on the scale of those that are known. */
function placing(space: SearchSpace, known: readonly Outcome[]) {
  const scores = known.map(({ score }) => score!).sort((a, b) => a - b);
  const middle = scores[Math.floor(scores.length / 2)]!;
  const width =
    scores[Math.floor(0.9 * (scores.length - 1))]! - scores[Math.floor(0.1 * (scores.length - 1))]!;
  const entries = Object.entries(space);
  return ({ score, hyperparameters }: Candidate, time: number): Place => ({
    hyperparameters: entries.flatMap(([name, parameter]) => coordinates(parameter, hyperparameters[name]!)),
    score: Math.min(2, Math.max(-2, ((score ?? middle) - middle) / (width || 1))) || 0, // NaN where scores overflow
    time,
  });
}

/** A number on its unit scale; for a choice, coordinates in which different values have a distance of 1. */
function coordinates(parameter: SearchParameter, value: Values[string]): number[] {
  if (parameter.type !== "choice") return [toUnit(parameter, Number(value))];
  return parameter.values.map((choice) => (choice === value ? Math.SQRT1_2 : 0));
}

/** The best of the old values and random ones, and of those around it. */
function maximise(
  space: SearchSpace,
  value: (values: Values) => number,
  start: Values,
  candidates: number,
  draws: SearchDraws,
): Values {
  const entries = Object.entries(space);
  const all = (next: (parameter: SearchParameter, old: Values[string]) => Values[string]) => {
    const from = best.values;
    return Object.fromEntries(entries.map(([name, parameter]) => [name, next(parameter, from[name]!)]));
  };
  const inside = (parameter: SearchParameter, old: Values[string], radius: number) =>
    parameter.type === "choice"
      ? old
      : fromUnit(parameter, clamp(toUnit(parameter, Number(old)) + radius * (2 * draws.uniform() - 1)));

  let best = { values: start, value: -Infinity };
  const consider = (values: Values) => {
    const there = value(values);
    if (there > best.value) best = { values, value: there };
  };
  consider(all((parameter, old) => inside(parameter, old, 0)));
  for (let i = 0; i < candidates; i++) consider(all((parameter) => sampleParameter(parameter, draws)));
  for (let round = 0, radius = 0.2; round < REFINEMENTS; round++, radius /= 2) {
    for (let i = 0; i < AROUND; i++) consider(all((parameter, old) => inside(parameter, old, radius)));
  }
  return best.values;
}

const clamp = (place: number): number => Math.min(1, Math.max(0, place));
