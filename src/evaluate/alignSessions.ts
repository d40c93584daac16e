import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { type NdArray, ndarray } from "../data/ndarray";
import { type ConditionAverages, conditionAverages } from "./conditionAverages";
import type { LinearMap } from "./linearMap";
import { principalScores } from "./principalScores";
import { ridge } from "./ridge";
import { joinColumns, selectColumns, takeTrials } from "./select";
import { smoothGaussian } from "./smoothGaussian";
import { columnMeans, toTable } from "./table";

/** One session's recording of conditions that it shares with the other sessions. */
export interface AlignableSession {
  /** Counts `[trials, bins, channels]`, held-in channels first; all sessions have the same number of bins. */
  readonly spikes: NdArray;
  /** Channels that the read-in sees; the others are only read out. @default all */
  readonly heldIn?: number;
  /** The condition of every trial. */
  readonly conditions: ArrayLike<number>;
}

/** Initial values of one session's read-in and readout: a session of `LFADS`, whose `factors` are the components. */
export interface SessionAlignment {
  readonly channels: { readonly encode: number; readonly reconstruct: number };
  /** Weight `[components, held-in channels]`, bias `[components]`. */
  readonly readin: { readonly weight: Float64Array; readonly bias: Float64Array };
  /** Weight `[channels, components]`, bias `[channels]`. */
  readonly readout: { readonly weight: Float64Array; readonly bias: Float64Array };
}

/** What a read-out is fitted to: a session's condition averages and what the read-in makes of them. */
export interface ReadoutProblem {
  /** Smoothed, spikes per bin, `[rows, channels]`; one row per condition and bin. */
  readonly averages: NdArray;
  /** Scores of the components that all sessions share, `[rows, components]`. */
  readonly scores: NdArray;
  /** From channels to components. */
  readonly readin: LinearMap;
}

/** A way to initialise a read-out: a map from components to channels. */
export type ReadoutFit = (problem: ReadoutProblem) => LinearMap;

export interface AlignSessionsOptions {
  /** Dimensions that the sessions share: what the read-ins put out. */
  readonly components: number;
  readonly binMs: number;
  /** Ridge penalty of the read-in, on the scale of summed squared spikes per bin. @default 1 */
  readonly alpha?: number;
  /** Kernel width of the smoothing. @default 20 */
  readonly smoothSdMs?: number;
  /** @default logRateReadout() */
  readonly readout?: ReadoutFit;
}

/**
 * Initialises the read-ins and read-outs of a multi-session model by principal component regression (Pandarinath et al.
 * 2018): smooth, average over the trials of each condition, take the principal components of all channels of all
 * sessions together, and regress each session's averages on them.
 *
 * The read-in sees counts, so it is fitted to averages in spikes per bin: `W x + b`, `b = -W mean`. The read-out puts out
 * log-rates, so by default it is fitted to log averages. (lfads-torch takes the pseudo-inverse of W, in the unit of
 * rates, for both: pass {@link pseudoInverseReadout}.)
 *
 * ```ts
 * import { alignSessions, LFADS, simulateLorenz } from "lfads";
 *
 * const recordings = [20, 30].map((channels) => {
 *   const { reconstruct, extras } = simulateLorenz({ channels, bins: 50, conditions: 5 }).train;
 *   return { spikes: reconstruct, conditions: extras!.cond_idx!.data };
 * });
 * const sessions = alignSessions(recordings, { components: 3, binMs: 10 });
 * const model = new LFADS({ sessions, factors: 3, bins: 50 });
 * ```
 *
 * Only conditions found in every session count.
 *
 * @returns one alignment per session, in order
 * @throws if the sessions share no condition or differ in bins, or a condition average is unobserved somewhere
 */
export function alignSessions(
  sessions: readonly AlignableSession[],
  options: AlignSessionsOptions,
): SessionAlignment[] {
  const { components, binMs, alpha = 1, smoothSdMs = 20, readout = logRateReadout() } = options;
  if (sessions.length === 0) throw new RangeError("alignSessions: sessions must not be empty");
  if (!(binMs > 0)) throw new RangeError(`alignSessions: binMs must be positive, got ${binMs}`);
  const averages = sharedConditions(
    sessions.map(({ spikes, conditions }) =>
      conditionAverages(smoothGaussian(spikes, { sd: smoothSdMs / binMs }), conditions),
    ),
  );
  const scores = principalScores(joinColumns(averages), components);
  return averages.map((average, session) => {
    const channels = average.shape[1]!;
    const { heldIn = channels } = sessions[session]!;
    if (!Number.isInteger(heldIn) || heldIn < 1 || heldIn > channels) {
      throw new RangeError(`alignSessions: heldIn must be an integer from 1 to ${channels}, got ${heldIn}`);
    }
    const seen = selectColumns(
      average,
      Array.from({ length: heldIn }, (_, channel) => channel),
    );
    const readin = ridge(seen, scores, [alpha])[0]!;
    const out = readout({ averages: average, scores, readin });
    return {
      channels: { encode: heldIn, reconstruct: channels },
      readin: { weight: transpose(readin.weights), bias: readin.bias },
      readout: { weight: transpose(out.weights), bias: out.bias },
    };
  });
}

/**
 * Fits the read-out to log-rates, which is what a Poisson read-out puts out: least squares from the shared scores to
 * `log(max(average, floor))`.
 *
 * @param floor spikes per bin. @default 0.01
 */
export function logRateReadout({ floor = 0.01 }: { readonly floor?: number } = {}): ReadoutFit {
  return ({ averages, scores }) => {
    const logs = Float64Array.from(averages.data, (rate) => Math.log(Math.max(rate, floor)));
    return ridge(scores, ndarray(logs, averages.shape), [0])[0]!;
  };
}

/** The read-out of lfads-torch: the pseudo-inverse `W' (W W')^-1` of the read-in and the channels' means, in spikes per bin. */
export const pseudoInverseReadout: ReadoutFit = ({ averages, readin }) => {
  const [channels = 0, components = 0] = readin.weights.shape;
  if (channels !== averages.shape[1]) {
    throw new RangeError(
      `pseudoInverseReadout: the read-in must see all channels, got ${channels} of ${averages.shape[1]}`,
    );
  }
  const weights = Matrix.from1DArray(channels, components, readin.weights.data); // W'
  const products = new CholeskyDecomposition(weights.transpose().mmul(weights));
  if (!products.isPositiveDefinite()) {
    throw new RangeError(
      `pseudoInverseReadout: the read-in must have rank ${components}, got ${channels} channels`,
    );
  }
  const inverse = products.solve(weights.transpose()); // (W W')^-1 W, [components, channels]
  return {
    weights: ndarray(Float64Array.from(inverse.to1DArray()), [components, channels]),
    bias: columnMeans(toTable(averages)),
  };
};

/** Averages of the conditions that all sessions have, as `[conditions * bins, channels]`. */
function sharedConditions(sessions: readonly ConditionAverages[]): NdArray<Float64Array>[] {
  const shared = sessions[0]!.conditions.filter((condition) =>
    sessions.every(({ conditions }) => conditions.includes(condition)),
  );
  if (shared.length === 0)
    throw new RangeError("alignSessions: sessions must share conditions, got none in common");
  return sessions.map(({ conditions, averages }) => {
    const [, bins = 0, channels = 0] = averages.shape;
    if (bins !== sessions[0]!.averages.shape[1]) {
      throw new RangeError(
        `alignSessions: sessions must have the same number of bins, got ${sessions[0]!.averages.shape[1]} and ${bins}`,
      );
    }
    const rows = shared.map((condition) => conditions.indexOf(condition));
    return ndarray(takeTrials(averages, rows).data, [shared.length * bins, channels]);
  });
}

function transpose({ data, shape }: NdArray<Float64Array>): Float64Array {
  const [rows = 0, columns = 0] = shape;
  const turned = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) turned[(i % columns) * rows + Math.floor(i / columns)] = data[i]!;
  return turned;
}
