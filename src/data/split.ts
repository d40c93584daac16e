import { permutation, type RandomStream } from "../random";
import type { TrialSet } from "./dataset";
import { elementCount, type NdArray } from "./ndarray";

/** Which trials are for validation: every so-many-th, or a random fraction. */
export type SplitOptions =
  | {
      /** Trial i is for validation where i % validEvery = validEvery - 1. @default 5 */
      readonly validEvery?: number;
    }
  | {
      /** Fraction of the trials for validation, rounded to whole trials; above 0, below 1. */
      readonly validFraction: number;
      /** Chooses the validation trials. */
      readonly stream: RandomStream;
    };

/**
 * Splits trials into training and validation; the order of the trials stays.
 *
 * ```ts
 * import { RandomStream, simulateLorenz, splitTrials } from "lfads";
 *
 * const trials = simulateLorenz().train; // or counts of your own
 * const { train, valid } = splitTrials(trials, { validFraction: 0.2, stream: RandomStream.fromSeed(0) });
 * console.log(train.encode.shape[0], valid.encode.shape[0]); // 832 208
 * ```
 *
 * @throws if one of the two sets would be empty, or options contradict each other
 */
export function splitTrials(
  trialSet: TrialSet,
  options: SplitOptions = {},
): { train: TrialSet; valid: TrialSet } {
  const isValid = validationTrials(trialSet.encode.shape[0]!, options);
  const indices = Array.from(isValid.keys());
  const train = indices.filter((trial) => !isValid[trial]);
  const valid = indices.filter((trial) => isValid[trial]);
  if (train.length === 0 || valid.length === 0) {
    throw new Error(
      `splitTrials: both sets need a trial, got ${train.length} for training and ${valid.length} for validation`,
    );
  }
  return { train: selectTrials(trialSet, train), valid: selectTrials(trialSet, valid) };
}

function validationTrials(trials: number, options: SplitOptions): boolean[] {
  if (!("validFraction" in options)) {
    const { validEvery = 5 } = options;
    if (!Number.isInteger(validEvery) || validEvery < 2) {
      throw new Error(`splitTrials: validEvery must be a whole number from 2, got ${validEvery}`);
    }
    return Array.from({ length: trials }, (_, trial) => trial % validEvery === validEvery - 1);
  }
  if ("validEvery" in options) throw new Error("splitTrials: give validEvery or validFraction, got both");
  const { validFraction, stream } = options;
  if (!(validFraction > 0 && validFraction < 1)) {
    throw new Error(`splitTrials: validFraction must be above 0 and below 1, got ${validFraction}`);
  }
  const isValid = new Array<boolean>(trials).fill(false);
  const chosen = permutation(stream, trials).subarray(0, Math.round(validFraction * trials));
  for (const trial of chosen) isValid[trial] = true;
  return isValid;
}

/**
 * These trials of every array, in this order; an index may come twice.
 *
 * @example
 * ```ts
 * import { selectTrials, simulateLorenz } from "lfads";
 *
 * const { train } = simulateLorenz({ conditions: 5, trialsPerCondition: 2, bins: 20 });
 * const conditions = train.extras!.cond_idx!.data;
 * const indices = [...conditions.keys()].filter((trial) => conditions[trial] === 0);
 * const first = selectTrials(train, indices);
 * console.log(first.extras!.cond_idx!.data.every((condition) => condition === 0)); // true
 * ```
 * @throws if an index is not that of a trial
 */
export function selectTrials(trialSet: TrialSet, indices: ArrayLike<number>): TrialSet {
  const { encode, reconstruct, externalInputs, truth, extras } = trialSet;
  const trials = encode.shape[0]!;
  for (const index of Array.from(indices)) {
    if (!Number.isInteger(index) || index < 0 || index >= trials) {
      throw new Error(`selectTrials: indices must be whole numbers from 0 to ${trials - 1}, got ${index}`);
    }
  }
  const rows = (array: NdArray) => selectRows(array, indices);
  return {
    encode: rows(encode),
    reconstruct: rows(reconstruct),
    ...(externalInputs && { externalInputs: rows(externalInputs) }),
    ...(truth && { truth: rows(truth) }),
    ...(extras && {
      extras: Object.fromEntries(Object.entries(extras).map(([name, array]) => [name, rows(array)])),
    }),
  };
}

function selectRows({ data, shape }: NdArray, indices: ArrayLike<number>): NdArray {
  const size = elementCount(shape.slice(1));
  const selected = new (data.constructor as new (length: number) => typeof data)(indices.length * size);
  for (let row = 0; row < indices.length; row++) {
    selected.set(data.subarray(indices[row]! * size, (indices[row]! + 1) * size), row * size);
  }
  return { data: selected, shape: [indices.length, ...shape.slice(1)] };
}
