import type { Tensor } from "@tensorflow/tfjs-core";
import {
  applyLinearMap,
  type Complex,
  cellMap,
  type Dataset,
  type Dynamics,
  eulerEigenvalues,
  findFixedPoints,
  hiddenR2,
  infer,
  type LFADS,
  lyapunovExponent,
  type NdArray,
  NeuralOdeCell,
  ndarray,
  r2OverTime,
  r2Score,
  ridge,
  sampleStates,
  type TrialSet,
} from "lfads";
import type { Training } from "./training";
import { trueFields } from "./truth";

/** A fixed point as a map of one bin sees it. */
export interface MapPoint {
  /** In the latents of the true system. */
  readonly state: readonly number[];
  /** Of I + J dt, by modulus. */
  readonly eigenvalues: readonly Complex[];
}

/** A true fixed point and the learned one that goes with it, if any. */
export interface Match {
  readonly truth: MapPoint;
  readonly learned: MapPoint | null;
  /** Distance in the complex plane of the eigenvalues that are furthest apart; of a wider model, of those that fit best. */
  readonly difference: number;
}

/** What a trained model is worth, and what it computes. */
export interface Analysis {
  /** On validation trials, as published, and on test trials, which chose nothing. */
  readonly rateR2: {
    readonly valid: number;
    readonly test: number;
    readonly early: number;
    readonly late: number;
  };
  readonly hiddenR2: { readonly inferredFromTrue: number; readonly trueFromInferred: number };
  /** Generator states of validation trials as an affine map of them shows them best in the true latents, `[trials, bins, 3]`. */
  readonly trajectories: NdArray;
  /** Of a neural ODE; null for other generators. */
  readonly fixedPoints: readonly MapPoint[] | null;
  readonly slowPoints: number;
  /** Per unit of the true system's time; null for other generators. */
  readonly lyapunov: number | null;
}

export async function analyse(model: LFADS, { valid, test, attributes }: Dataset): Promise<Analysis> {
  const [inferred, tested] = [await infer(model, valid), await infer(model, test!)];
  const states = inferred.generatorStates;
  const parts = r2OverTime(inferred.rates, valid.truth!);
  const pair = { inferred: states, true: valid.extras!.latents! };
  const hidden = hiddenR2(pair, pair);
  const [toTruth] = ridge(states, valid.extras!.latents!, [0]);
  const { fixedPoints, slowPoints, lyapunov } = await learnedDynamics(
    model,
    states,
    attributes!.time_step as number,
  );
  return {
    rateR2: {
      valid: r2Score(inferred.rates, valid.truth!),
      test: r2Score(tested.rates, test!.truth!),
      early: parts[0]!,
      late: parts.at(-1)!,
    },
    hiddenR2: {
      inferredFromTrue: hidden.inferredFromTrue.mean,
      trueFromInferred: hidden.trueFromInferred.mean,
    },
    trajectories: applyLinearMap(toTruth!, states),
    fixedPoints:
      fixedPoints?.map(({ state, eigenvalues }) => {
        const placed = applyLinearMap(toTruth!, ndarray(Float64Array.from(state), [1, state.length]));
        return { state: [...placed.data], eigenvalues };
      }) ?? null,
    slowPoints,
    lyapunov,
  };
}

/** Fixed points of the field, and the Lyapunov exponent per unit of the true system's time, for whose bin the cell takes a step. */
async function learnedDynamics(model: LFADS, states: NdArray, binTime: number) {
  const { cell, parameters } = model.generator;
  if (!(cell instanceof NeuralOdeCell)) return { fixedPoints: null, slowPoints: 0, lyapunov: null };
  const flow = { flow: (x: Tensor, u: Tensor | null) => cell.field.derivative(parameters, u, x) };
  const { points, slowPoints } = await describe(flow, states, cell.timeStep);
  const starts = sampleStates(states, { count: 64, noise: 0 });
  const { map } = cellMap(cell, parameters);
  const { exponent } = await lyapunovExponent((x) => map(x, null), starts, {
    steps: 1000,
    timeStep: binTime,
  });
  return { fixedPoints: points, slowPoints, lyapunov: exponent };
}

/** The fixed points of the system that made the data. */
export async function trueFixedPoints(
  { system }: Pick<Training, "system">,
  { valid, attributes }: Dataset,
): Promise<readonly MapPoint[]> {
  const latents = (valid as TrialSet).extras!.latents!;
  const { points } = await describe({ flow: trueFields[system] }, latents, attributes!.time_step as number);
  return points;
}

/** Pairs of true and learned fixed points, the closest first; each is in one pair at most. */
export function matchFixedPoints(truths: readonly MapPoint[], learned: readonly MapPoint[]): Match[] {
  const distance = (a: MapPoint, b: MapPoint) => Math.hypot(...a.state.map((x, i) => x - b.state[i]!));
  const pairs = truths
    .flatMap((truth) => learned.map((own) => ({ truth, learned: own, distance: distance(truth, own) })))
    .sort((a, b) => a.distance - b.distance);
  const matched = new Map<MapPoint, MapPoint>();
  for (const { truth, learned } of pairs) {
    if (!matched.has(truth) && ![...matched.values()].includes(learned)) matched.set(truth, learned);
  }
  return truths.map((truth) => {
    const own = matched.get(truth) ?? null;
    return {
      truth,
      learned: own,
      difference: own ? furthest(truth.eigenvalues, own.eigenvalues) : Number.NaN,
    };
  });
}

/** Each value is paired with one of the others, the closest first: the distance of the pair that is furthest apart. */
function furthest(values: readonly Complex[], others: readonly Complex[]): number {
  const pairs = values
    .flatMap((value) => others.map((other) => ({ value, other, distance: apart(value, other) })))
    .sort((a, b) => a.distance - b.distance);
  const used = new Set<Complex>();
  let last = 0;
  for (const { value, other, distance } of pairs) {
    if (used.has(value) || used.has(other)) continue;
    used.add(value).add(other);
    last = distance;
  }
  return last;
}

const apart = (a: Complex, b: Complex) => Math.hypot(a.re - b.re, a.im - b.im);

async function describe(dynamics: Dynamics, states: NdArray, timeStep: number) {
  const { points, slowPoints } = await findFixedPoints(dynamics, sampleStates(states, { noise: 0.05 }));
  return {
    slowPoints: slowPoints.length,
    points: points.map(
      ({ state, eigenvalues }): MapPoint => ({
        state: [...state],
        eigenvalues: eulerEigenvalues(eigenvalues, timeStep),
      }),
    ),
  };
}
