import { createHash } from "node:crypto";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Augmentation, Batch } from "../../src/augmentations";
import { type Dataset, type NdArray, ndarray, readSafetensors, simulateLorenz } from "../../src/data";
import { LFADS, type LFADSOptions } from "../../src/model";
import { type FitOptions, fit, serializeTrainingState, type TrainingState } from "../../src/train";

export const BINS = 6;
export const CHANNELS = 5;

/** 16 training and 4 validation trials of 6 bins and 5 channels, with some spikes per bin. */
export function tinyData(options: Parameters<typeof simulateLorenz>[0] = {}): Dataset {
  return simulateLorenz({
    conditions: 5,
    trialsPerCondition: 4,
    bins: BINS,
    channels: CHANNELS,
    meanRate: 30,
    binSeconds: 0.05,
    timeStep: 0.05,
    ...options,
  });
}

/** Sizes of a model that trains in milliseconds. */
export const TINY = {
  bins: BINS,
  initialCondition: { encoderUnits: 4, size: 3 },
  controller: { encoderUnits: 3, units: 3, outputs: 1 },
  generator: { units: 5 },
  factors: 3,
} as const satisfies Omit<LFADSOptions, "channels" | "sessions" | "readin">;

export function tinyModel(options: Partial<LFADSOptions> = {}): LFADS {
  return new LFADS({ ...TINY, channels: CHANNELS, ...options } as LFADSOptions);
}

/** The same model without a controller: half the time. */
export function tinierModel(options: Partial<LFADSOptions> = {}): LFADS {
  return tinyModel({ controller: false, ...options });
}

/** Trains on `data` in batches of 6 and frees the model; `values` are its parameters in the end. */
export async function trainOn(data: Dataset, options: FitOptions, model: LFADS = tinierModel()) {
  const result = await fit(model, data, { batchSize: 6, ...options });
  const values = valuesOf(model);
  model.dispose();
  return { ...result, values };
}

export type TinyRun = Awaited<ReturnType<typeof trainOn>>;

/** A score that takes these values, an epoch each. */
export function scores(values: readonly number[]): () => number {
  let epoch = 0;
  return () => values[epoch++]!;
}

/** An augmentation that changes nothing. */
export function looking(look: (batch: Batch) => void): Augmentation {
  return (batch) => {
    look(batch);
    return batch;
  };
}

/** Three batches an epoch of `tinyData`, the last one smaller; the score decides on decay from the first epoch. */
export const THREE_BATCHES = {
  batchSize: 6,
  learningRateDecay: { factor: 0.5, patience: 0 },
  klRamp: { increase: 1 },
  l2Ramp: { increase: 1 },
} as const satisfies FitOptions;

/** The values of a model's parameters. */
export function valuesOf(model: LFADS): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, value]) => [name, Array.from(value.dataSync())]),
  );
}

/** One line that identifies a training state to the last bit. */
export function digest(state: TrainingState): string {
  return createHash("sha256").update(serializeTrainingState(state)).digest("hex");
}

/** What differs between two training states, bit by bit; [] for equal ones. */
export function differences(a: TrainingState, b: TrainingState): string[] {
  const [x, y] = [a, b].map((state) => readSafetensors(serializeTrainingState(state))) as [
    ReturnType<typeof readSafetensors>,
    ReturnType<typeof readSafetensors>,
  ];
  const names = new Set([...Object.keys(x.tensors), ...Object.keys(y.tensors)]);
  const tensors = [...names].filter((name) => {
    const [p, q] = [x.tensors[name], y.tensors[name]];
    return !p || !q || `${p.shape}` !== `${q.shape}` || !bytesOf(p).equals(bytesOf(q));
  });
  return x.metadata.state === y.metadata.state
    ? tensors
    : [...tensors, `${x.metadata.state}\n${y.metadata.state}`];
}

function bytesOf({ data }: NdArray): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Whether all elements of all arrays of a state are finite. */
export function allFinite({ parameters, optimizer, best }: TrainingState): boolean {
  return [parameters, optimizer.first, optimizer.second, best?.parameters ?? {}].every((group) =>
    Object.values(group).every(({ data }) => data.every(Number.isFinite)),
  );
}

/** A batch's first row as a number that identifies the trial, when channel 0 of bin 0 holds its number. */
export function trialNumbers(encode: Tensor): number[] {
  const [trials, bins, channels] = encode.shape as [number, number, number];
  const values = encode.dataSync();
  return Array.from({ length: trials }, (_, trial) => values[trial * bins * channels]!);
}

/** Counts whose first sample is the number of the trial, the others 0, 1 or 2. */
export function numberedTrials(trials: number, bins = BINS, channels = CHANNELS): NdArray<Float32Array> {
  const size = bins * channels;
  return ndarray(
    Float32Array.from({ length: trials * size }, (_, i) =>
      i % size === 0 ? i / size : (i * 7 + Math.floor(i / 11)) % 3,
    ),
    [trials, bins, channels],
  );
}

/** A data set of {@link numberedTrials}; validation trials are numbered from 100. */
export function numberedData(train: number, valid: number, bins = BINS, channels = CHANNELS): Dataset {
  const counts = numberedTrials(train, bins, channels);
  const { data, shape } = numberedTrials(valid, bins, channels);
  const later = ndarray(
    data.map((value, i) => (i % (bins * channels) === 0 ? value + 100 : value)),
    shape,
  );
  return {
    train: { encode: counts, reconstruct: counts },
    valid: { encode: later, reconstruct: later },
  };
}
