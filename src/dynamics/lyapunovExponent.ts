import {
  add,
  concat,
  div,
  greater,
  log,
  maximum,
  mul,
  norm,
  split,
  sub,
  type Tensor,
  tensor2d,
  tidy,
  where,
  zeros,
} from "@tensorflow/tfjs-core";
import type { NdArray } from "../data/ndarray";
import { pauses } from "../model/pauses";
import { normal, RandomStream } from "../random";

export interface LyapunovOptions {
  /** Steps that are measured. */
  readonly steps: number;
  /** Steps before, in which states come to the attractor and separations to the direction that grows most. @default 100 */
  readonly settle?: number;
  /** Time that passes in a step. @default 1 */
  readonly timeStep?: number;
  /** Distance between neighbours, small against the attractor, large against the rounding of float32. @default 1e-3 */
  readonly separation?: number;
  /** Draws the first directions. @default 0 */
  readonly seed?: number | string;
  readonly onProgress?: (progress: { readonly step: number; readonly of: number }) => void;
  /** Stops with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Growth per unit of time. */
export interface LyapunovExponent {
  readonly exponent: number;
  /** Of the mean over starts; NaN for one start. */
  readonly standardError: number;
}

/** What growth counts as where float32 tells neighbours no longer apart. */
const SMALLEST = 2 ** -24;
/** Steps between looks at the numbers. */
const LOOK = 50;

/**
 * The largest Lyapunov exponent: how fast neighbouring states part, mean of log(|d'| / |d|) / timeStep over the steps and
 * starts. Each state has a neighbour at distance d; after every step the neighbour is brought back to that distance in the
 * direction in which it went (Benettin, Galgani & Strelcyn 1976, Physical Review A 14). Above 0 is chaos, 0 a limit cycle,
 * below 0 a stable fixed point.
 *
 * ```ts
 * import { mul, sub } from "@tensorflow/tfjs-core";
 * import { lyapunovExponent, ndarray } from "lfads";
 *
 * const logisticMap = ndarray(Float64Array.of(0.2, 0.4, 0.6), [3, 1]); // three states of one number
 * const { exponent } = await lyapunovExponent((x) => mul(mul(4, x), sub(1, x)), logisticMap, { steps: 1000 });
 * console.log(exponent.toFixed(1)); // 0.7
 * ```
 *
 * @param step states `[rows, size]` to those one step later: a map, or one step of an ODE solver
 * @param starts `[rows, size]`, all run at once
 * @throws if starts are not finite or not `[rows, size]`, an option is out of range, or states do not stay finite
 */
export async function lyapunovExponent(
  step: (state: Tensor) => Tensor,
  starts: NdArray,
  { steps, settle = 100, timeStep = 1, separation = 1e-3, seed = 0, onProgress, signal }: LyapunovOptions,
): Promise<LyapunovExponent> {
  if (starts.shape.length !== 2 || starts.data.length === 0 || !starts.data.every(Number.isFinite)) {
    throw new Error(
      `lyapunovExponent: starts must be finite and [rows, size], not empty, got [${starts.shape}]`,
    );
  }
  for (const [name, value] of Object.entries({ steps, timeStep, separation })) {
    if (!(value > 0 && value < Infinity)) {
      throw new Error(`lyapunovExponent: ${name} must be finite and positive, got ${value}`);
    }
  }
  if (!Number.isInteger(steps) || !Number.isInteger(settle) || settle < 0) {
    throw new Error(`lyapunovExponent: steps and settle must be whole numbers, got ${steps} and ${settle}`);
  }
  const [rows, size] = starts.shape as [number, number];
  const of = settle + steps;
  const pause = pauses();
  let now: [Tensor, Tensor, Tensor] = tidy(() => {
    const state = tensor2d(Float32Array.from(starts.data), [rows, size]);
    const direction = tensor2d(normal(RandomStream.fromSeed(seed).fork("lyapunov"), rows * size), [
      rows,
      size,
    ]);
    return [state, neighbour(state, direction, separation), zeros([rows, 1])];
  });
  try {
    for (let i = 0; i < of; i++) {
      const next = tidy((): typeof now => {
        const [state, near, growth] = now;
        const both = step(concat([state, near], 0));
        const [moved, nearMoved] = split(both, 2) as [Tensor, Tensor];
        const apart = sub(nearMoved, moved);
        const distance = norm(apart, "euclidean", 1, true);
        const direction = where(greater(distance, 0), apart, sub(near, state)); // as before where they met
        const pulled = neighbour(moved, direction, separation);
        const measured = add(growth, log(maximum(div(distance, separation), SMALLEST)));
        return [moved, pulled, i < settle ? growth.clone() : measured];
      });
      for (const tensor of now) tensor.dispose();
      now = next;
      if ((i + 1) % LOOK > 0 && i + 1 < of) continue;
      const growth = await now[2].data();
      signal?.throwIfAborted();
      if (!growth.every(Number.isFinite)) {
        throw new Error(`lyapunovExponent: states must stay finite, got growth ${growth} by step ${i + 1}`);
      }
      onProgress?.({ step: i + 1, of });
      await pause();
    }
    const rates = Array.from(await now[2].data(), (sum) => sum / (steps * timeStep));
    const exponent = rates.reduce((sum, rate) => sum + rate, 0) / rows;
    const variance = rates.reduce((sum, rate) => sum + (rate - exponent) ** 2, 0) / (rows - 1);
    return { exponent, standardError: Math.sqrt(variance / rows) };
  } finally {
    for (const tensor of now) tensor.dispose();
  }
}

/** The state at `separation` from another in that direction. */
function neighbour(state: Tensor, direction: Tensor, separation: number): Tensor {
  return add(state, mul(direction, div(separation, norm(direction, "euclidean", 1, true))));
}
