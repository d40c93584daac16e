import type { NdArray } from "./ndarray";

/** Arrays of the same trials: what the model sees, what it should explain, and what else is known about each trial. */
export interface TrialSet {
  /** What the encoders see: spike counts `[trials, encode bins, held-in channels]`; NaN = not observed. */
  readonly encode: NdArray;
  /**
   * What is to be reconstructed: spike counts `[trials, bins, channels]`, the held-in channels first. More bins than
   * `encode` has = forward prediction; more channels = held-out channels.
   */
  readonly reconstruct: NdArray;
  /** Known inputs to the generator `[trials, bins, inputs]`; with fewer bins than `reconstruct`, the rest counts as 0. */
  readonly externalInputs?: NdArray;
  /** True rates `[trials, bins, channels]`, expected spikes per bin, in the shape of `reconstruct`. */
  readonly truth?: NdArray;
  /** Any other array with one row per trial: `behavior`, `inds`, `cond_idx`, `latents`, ... */
  readonly extras?: Readonly<Record<string, NdArray>>;
}

/** Facts about a data set: `bin_ms` (bin width), `n_heldin`, `behavior` (names of its columns), `note`, ... */
export type Attributes = Readonly<Record<string, string | number | readonly number[] | readonly string[]>>;

/** A data set, split into trials to train on, to validate on and, if there are any, to test on. */
export interface Dataset {
  readonly train: TrialSet;
  readonly valid: TrialSet;
  /** May lack what is to be reconstructed. */
  readonly test?: Omit<TrialSet, "reconstruct"> & Partial<Pick<TrialSet, "reconstruct">>;
  readonly attributes?: Attributes;
  /** Arrays that are not one row per trial: `cond_truth`, `channel_order`, ... */
  readonly shared?: Readonly<Record<string, NdArray>>;
}
