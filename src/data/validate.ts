import type { Dataset, TrialSet } from "./dataset";
import { checkShape, elementCount, type NdArray } from "./ndarray";

export interface ValidateOptions {
  /**
   * Whether `encode` and `reconstruct` hold spike counts, so that negative numbers and fractions are errors. False for
   * data of a Gaussian or another real-valued reconstruction.
   *
   * @default true
   */
  readonly counts?: boolean;
}

/** What to call an array in an error, e.g. `validateDataset: train.encode`. */
type Label = (field: string) => string;

/**
 * Checks everything that a model takes for granted about trials; NaN (not observed) may stand anywhere in the data.
 *
 * @throws if an array is empty, has the wrong rank or does not fill its shape; if arrays disagree about trials;
 *   if `reconstruct` has fewer bins or channels than `encode`; if `truth` is not in the shape of `reconstruct`;
 *   if a value is infinite, nothing is observed, or (with `counts`) a count is negative or fractional
 */
export function validateTrialSet(trialSet: TrialSet, options: ValidateOptions = {}): void {
  checkTrialSet(trialSet, options, (field) => `validateTrialSet: ${field}`);
}

/**
 * {@link validateTrialSet} for all sets of a data set, and that they agree about bins, channels and inputs.
 *
 * @throws as {@link validateTrialSet} does, and if the sets disagree
 */
export function validateDataset(dataset: Dataset, options: ValidateOptions = {}): void {
  checkDataset(dataset, options, (set) => (field) => `validateDataset: ${set}.${field}`);
}

/** {@link validateDataset} with names of the caller's choice in its errors. */
export function checkDataset(
  { train, valid, test, shared = {} }: Dataset,
  options: ValidateOptions,
  label: (set: "train" | "valid" | "test" | "shared") => Label,
): void {
  checkTrialSet(train, options, label("train"));
  for (const set of ["valid", "test"] as const) {
    const other = set === "valid" ? valid : test;
    if (!other) continue;
    checkTrialSet({ ...other, reconstruct: other.reconstruct ?? other.encode }, options, label(set));
    for (const field of ["encode", "reconstruct", "externalInputs"] as const) {
      if (field === "reconstruct" && !other.reconstruct) continue;
      const expected = train[field]?.shape.slice(1) ?? "nothing";
      const got = other[field]?.shape.slice(1) ?? "nothing";
      if (`${expected}` !== `${got}`) {
        throw new Error(
          `${label(set)(field)} must have bins and channels as in training, ${brackets(expected)}, got ${brackets(got)}`,
        );
      }
    }
  }
  for (const [name, array] of Object.entries(shared)) checkShape(label("shared")(name), array);
}

function checkTrialSet(trialSet: TrialSet, { counts = true }: ValidateOptions, label: Label): void {
  const { encode, reconstruct, externalInputs, truth, extras = {} } = trialSet;
  checkValues(label("encode"), encode, counts);
  if (reconstruct !== encode) checkValues(label("reconstruct"), reconstruct, counts);
  const [trials, bins, channels] = encode.shape as [number, number, number];
  const [, allBins, allChannels] = reconstruct.shape as [number, number, number];
  checkTrials(label("reconstruct"), reconstruct, trials);
  if (allBins < bins || allChannels < channels) {
    throw new Error(
      `${label("reconstruct")} must have at least the bins and channels of encode, [${encode.shape}], got [${reconstruct.shape}]`,
    );
  }
  if (externalInputs) {
    checkValues(label("externalInputs"), externalInputs, false);
    checkTrials(label("externalInputs"), externalInputs, trials);
    if (externalInputs.shape[1]! > allBins) {
      throw new Error(
        `${label("externalInputs")} must have at most the bins of reconstruct, ${allBins}, got [${externalInputs.shape}]`,
      );
    }
    const missing = externalInputs.data.findIndex(Number.isNaN);
    if (missing >= 0)
      throw new Error(`${label("externalInputs")} must not be NaN, got it at index ${missing}`);
  }
  if (truth) {
    checkValues(label("truth"), truth, false);
    if (`${truth.shape}` !== `${reconstruct.shape}`) {
      throw new Error(
        `${label("truth")} must have the shape of reconstruct, [${reconstruct.shape}], got [${truth.shape}]`,
      );
    }
  }
  for (const [name, array] of Object.entries(extras)) {
    checkShape(label(name), array);
    checkTrials(label(name), array, trials);
  }
}

function checkTrials(what: string, array: NdArray, trials: number): void {
  if (array.shape[0] !== trials) {
    throw new Error(`${what} must have as many trials as encode, ${trials}, got shape [${array.shape}]`);
  }
}

function checkValues(what: string, array: NdArray, counts: boolean): void {
  const { data, shape } = array;
  if (shape.length !== 3) throw new Error(`${what} must be [trials, bins, channels], got [${shape}]`);
  checkShape(what, array);
  if (data.length === 0) throw new Error(`${what} must not be empty, got shape [${shape}]`);
  let observed = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const fits = counts
      ? value >= 0 && value < Infinity && Math.trunc(value) === value
      : value > -Infinity && value < Infinity;
    if (fits) observed++;
    else if (!Number.isNaN(value)) {
      const rule = counts
        ? "spike counts (whole numbers, not negative; NaN = not observed)"
        : "finite or NaN";
      throw new Error(`${what} must be ${rule}, got ${value} at [${position(i, shape)}]`);
    }
  }
  if (observed === 0) throw new Error(`${what} must hold an observed value, got only NaN`);
}

/** The indices of element `index` of a row-major array. */
function position(index: number, shape: readonly number[]): number[] {
  let rest = index;
  return shape.map((_, axis) => {
    const size = elementCount(shape.slice(axis + 1));
    const i = Math.floor(rest / size);
    rest -= i * size;
    return i;
  });
}

function brackets(shape: readonly number[] | string): string {
  return typeof shape === "string" ? shape : `[${shape}]`;
}
