import { poisson, type RandomStream } from "../../random";
import type { Attributes, Dataset, TrialSet } from "../dataset";
import { type NdArray, ndarray } from "../ndarray";
import { splitTrials } from "../split";

/** Options that all simulators share. */
export interface SimulateOptions {
  /** Same seed, same data, on every platform. @default 0 */
  readonly seed?: number | string;
  /** Width of a bin in seconds. @default 0.01 */
  readonly binSeconds?: number;
  /** Number of channels, the last ones, that the encoders do not see. @default 0 */
  readonly heldOut?: number;
  /** Trial i is for validation where i % validEvery = validEvery - 1. @default 5 */
  readonly validEvery?: number;
}

interface Spiking {
  readonly stream: RandomStream;
  /** Expected spikes per bin `[trials, bins, channels]`. */
  readonly rates: NdArray<Float32Array>;
  /** Arrays with one row per trial. */
  readonly extras: Readonly<Record<string, NdArray>>;
  readonly heldOut: number;
}

interface Simulation extends Required<Omit<SimulateOptions, "seed">>, Spiking {
  readonly note: string;
}

/** A data set of {@link spikingTrials}. */
export function spikingDataset(simulation: Simulation): Dataset {
  const { rates, heldOut, validEvery, binSeconds, note } = simulation;
  const attributes: Attributes = { bin_ms: binSeconds * 1000, n_heldin: rates.shape[2]! - heldOut, note };
  return { ...splitTrials(spikingTrials(simulation), { validEvery }), attributes };
}

/**
 * Draws Poisson spikes from the rates, k ~ Poisson(rate): `truth` holds the rates, `inds` the number of each trial before
 * a split.
 */
export function spikingTrials({ stream, rates, extras, heldOut }: Spiking): TrialSet {
  const [trials, , channels] = rates.shape as [number, number, number];
  const counts = ndarray(poisson(stream, rates.data), rates.shape);
  const inds = ndarray(
    Int32Array.from({ length: trials }, (_, i) => i),
    [trials],
  );
  return {
    encode: firstChannels(counts, channels - heldOut),
    reconstruct: counts,
    truth: rates,
    extras: { ...extras, inds },
  };
}

function firstChannels(array: NdArray<Float32Array>, count: number): NdArray<Float32Array> {
  const [trials, bins, channels] = array.shape as [number, number, number];
  if (count === channels) return array;
  return ndarray(
    array.data.filter((_, i) => i % channels < count),
    [trials, bins, count],
  );
}

/** `[conditions, ...]` to `[conditions * times, ...]`: each row `times` times in a row. */
export function repeatRows(array: NdArray<Float32Array>, times: number): NdArray<Float32Array> {
  const [rows, ...rest] = array.shape as [number, ...number[]];
  const size = array.data.length / rows;
  const data = new Float32Array(rows * times * size);
  for (let row = 0; row < rows * times; row++) {
    const source = Math.floor(row / times);
    data.set(array.data.subarray(source * size, (source + 1) * size), row * size);
  }
  return ndarray(data, [rows * times, ...rest]);
}

/** The condition of each trial, for trials in the order of {@link repeatRows}. */
export function conditionLabels(conditions: number, times: number): NdArray<Int32Array> {
  const trials = conditions * times;
  return ndarray(
    Int32Array.from({ length: trials }, (_, i) => Math.floor(i / times)),
    [trials],
  );
}

/** @throws if `heldOut` leaves no channel, or `validEvery` no trial for training or validation */
export function checkSplit(
  caller: string,
  {
    heldOut,
    validEvery,
    channels,
    trials,
  }: Readonly<Record<"heldOut" | "validEvery" | "channels" | "trials", number>>,
): void {
  if (!Number.isInteger(heldOut) || heldOut < 0 || heldOut >= channels) {
    throw new Error(`${caller}: heldOut must be a whole number from 0 to channels - 1, got ${heldOut}`);
  }
  if (!Number.isInteger(validEvery) || validEvery < 2 || validEvery > trials) {
    throw new Error(
      `${caller}: validEvery must be a whole number from 2 to the number of trials, got ${validEvery}`,
    );
  }
}

/** @throws if one of the sizes is not a whole number above 0 */
export function checkSizes(caller: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new Error(`${caller}: ${name} must be a whole number above 0, got ${size}`);
    }
  }
}

/** @throws if one of the values is not a finite number above 0 */
export function checkPositive(caller: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(Number.isFinite(value) && value > 0)) {
      throw new Error(`${caller}: ${name} must be a finite number above 0, got ${value}`);
    }
  }
}
