import { type NdArray, ndarray, readSafetensors, writeSafetensors } from "../data";
import type { RandomState } from "../random";
import type { EarlyStoppingState } from "./earlyStopping";
import type { Horizon } from "./horizon";
import type { Hyperparameters } from "./hyperparameters";
import type { EpochMetrics, MetricSums } from "./metrics";
import type { PlateauState } from "./plateau";

/** Arrays by the names of the parameters. */
export type NamedArrays = Readonly<Record<string, NdArray<Float32Array>>>;

/** What must not change when a training is resumed. */
export interface TrainingSetup {
  /** Batches of an epoch; they may change between two epochs. */
  readonly batches: number;
  readonly sampleValidation: { readonly rate: number; readonly seed: number | string } | null;
  /** None where all bins are trained on from the first epoch. */
  readonly horizon?: Horizon;
}

/** Everything that the next step of training depends on: plain and serialisable. */
export interface TrainingState {
  readonly parameters: NamedArrays;
  readonly optimizer: { readonly step: number; readonly first: NamedArrays; readonly second: NamedArrays };
  readonly hyperparameters: Hyperparameters;
  /** Epochs that are complete. */
  readonly epoch: number;
  /** Batches done of the next epoch, and their metrics. */
  readonly batch: number;
  /** What a resumed training must have in common with this one. */
  readonly setup: TrainingSetup;
  readonly sums: MetricSums;
  readonly random: RandomState;
  /** Score smoothed over epochs; null before the first. */
  readonly smoothedScore: number | null;
  readonly best: { readonly score: number; readonly epoch: number; readonly parameters: NamedArrays } | null;
  readonly plateau: PlateauState;
  readonly stopping: EarlyStoppingState;
  /** Updates left out in a row, in this epoch, and in all. */
  readonly skipped: { readonly row: number; readonly epoch: number; readonly total: number };
  readonly history: readonly EpochMetrics[];
  /** The `KernelPath` that computed it, to which a resumed training keeps. */
  readonly kernelPath: string;
}

const FORMAT = "lfads training state 1";

/**
 * A training state as the bytes of one safetensors file.
 *
 * @example
 * ```ts
 * import { deserializeTrainingState, fit, LFADS, serializeTrainingState, simulateLorenz } from "lfads";
 *
 * const data = simulateLorenz({ conditions: 5, trialsPerCondition: 2, bins: 20 });
 * const { state } = await fit(new LFADS({ channels: 30, bins: 20 }), data, { epochs: 1 });
 * const bytes = serializeTrainingState(state); // for a file, a database or a download
 * const resume = deserializeTrainingState(bytes);
 * const { history } = await fit(new LFADS({ channels: 30, bins: 20 }), data, { resume, epochs: 2 });
 * console.log(history.length); // 2
 * ```
 */
export function serializeTrainingState(state: TrainingState): Uint8Array {
  const { parameters, optimizer, best, ...rest } = state;
  const group = (prefix: string, arrays: NamedArrays) =>
    Object.fromEntries(Object.entries(arrays).map(([name, value]) => [`${prefix}/${name}`, value]));
  const scalars: Scalars = {
    ...rest,
    optimizerStep: optimizer.step,
    best: best && { score: best.score, epoch: best.epoch },
  };
  return writeSafetensors(
    {
      ...group("parameters", parameters),
      ...group("first", optimizer.first),
      ...group("second", optimizer.second),
      ...(best && group("best", best.parameters)),
    },
    { format: FORMAT, state: JSON.stringify(scalars, encodeNumber) },
  );
}

/**
 * The training state that {@link serializeTrainingState} wrote.
 * @throws if the bytes are not such a file
 */
export function deserializeTrainingState(bytes: Uint8Array): TrainingState {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.format !== FORMAT || !metadata.state) {
    throw new Error(
      `deserializeTrainingState: the file must have the format "${FORMAT}", got "${metadata.format}"`,
    );
  }
  const group = (prefix: string): NamedArrays => {
    const start = `${prefix}/`;
    return Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(start))
        .map(([name, { data, shape }]) => {
          if (!(data instanceof Float32Array)) {
            throw new Error(
              `deserializeTrainingState: ${name} must be float32, got ${data.constructor.name}`,
            );
          }
          return [name.slice(start.length), ndarray(data, shape)];
        }),
    );
  };
  const { optimizerStep, best, ...rest } = parseScalars(metadata.state);
  return {
    ...rest,
    parameters: group("parameters"),
    optimizer: { step: optimizerStep, first: group("first"), second: group("second") },
    best: best && { ...best, parameters: group("best") },
  };
}

type Scalars = Omit<TrainingState, "parameters" | "optimizer" | "best"> & {
  readonly optimizerStep: number;
  readonly best: Omit<NonNullable<TrainingState["best"]>, "parameters"> | null;
};

const SCALARS: Readonly<Record<keyof Scalars, true>> = {
  optimizerStep: true,
  hyperparameters: true,
  epoch: true,
  batch: true,
  setup: true,
  sums: true,
  random: true,
  smoothedScore: true,
  best: true,
  plateau: true,
  stopping: true,
  skipped: true,
  history: true,
  kernelPath: true,
};

function parseScalars(json: string): Scalars {
  let scalars: Scalars;
  try {
    scalars = JSON.parse(json, decodeNumber);
  } catch (error) {
    throw new Error(`deserializeTrainingState: the state must be JSON: ${(error as Error).message}`);
  }
  const missing = Object.keys(SCALARS).filter((name) => !Object.hasOwn(Object(scalars), name));
  if (missing.length > 0) {
    throw new Error(`deserializeTrainingState: the state must be complete, it lacks ${missing.join(", ")}`);
  }
  return scalars;
}

/** JSON has no NaN and no infinity. */
function encodeNumber(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: `${value}` } : value;
}

function decodeNumber(_: string, value: unknown): unknown {
  const text = (value as { number?: unknown } | null)?.number;
  return typeof text === "string" ? Number(text) : value;
}
