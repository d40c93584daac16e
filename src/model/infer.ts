import { add, div, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { type NdArray, type TrialSet, validateTrialSet } from "../data";
import { loadKernels } from "../kernels/paths";
import { scoped } from "../modules";
import { swap, takeRows } from "../ops";
import { onPath } from "../ops/kernelPath";
import { chiSquared, type Draws, normal, RandomStream } from "../random";
import type { LFADS } from "./lfads";
import { pauses } from "./pauses";

/** Options of {@link infer}. */
export interface InferOptions {
  /**
   * Posterior samples to average over (rates after the exponential); 0 passes posterior means through the model instead.
   * A deterministic model has no posteriors to sample. @default 50
   */
  readonly samples?: number;
  /** Trials that are computed at once: what bounds the memory. @default 128 */
  readonly batchSize?: number;
  /** Seed of the posterior samples. @default 0 */
  readonly seed?: number | string;
  /** Index of the session that the trials belong to. @default 0 */
  readonly session?: number;
  /** Called after every batch of trials. */
  readonly onProgress?: (progress: { readonly trials: number; readonly of: number }) => void;
  /** Stops with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a model infers from trials, means over posterior samples; T bins. */
export interface Inferred {
  /** `[trials, T, channels]`: expected values of the data, spikes per bin for counts. */
  readonly rates: NdArray<Float32Array>;
  /** `[trials, T, factors]` */
  readonly factors: NdArray<Float32Array>;
  /** `[trials, T, units]`, after the update of each bin. */
  readonly generatorStates: NdArray<Float32Array>;
  /** Generator state before the first bin, `[trials, units]`. */
  readonly generatorInit: NdArray<Float32Array>;
  /** Inferred inputs, then external ones, `[trials, T, inputs]`; no columns for an autonomous generator. */
  readonly generatorInputs: NdArray<Float32Array>;
  /** Posterior of the initial condition, `[trials, size]`. */
  readonly initialConditionMean: NdArray<Float32Array>;
  readonly initialConditionStd: NdArray<Float32Array>;
  /** Posterior of the controller output, `[trials, T, outputs]`; no columns without a controller. */
  readonly controllerOutputMean: NdArray<Float32Array>;
  readonly controllerOutputStd: NdArray<Float32Array>;
  /** `[trials, T, units]`; no columns without a controller. */
  readonly controllerStates: NdArray<Float32Array>;
}

type Name = keyof Inferred;

/**
 * Rates, factors, states and inferred inputs of trials, without dropout. Missing samples (NaN) count as zero in the input.
 * Every trial draws its samples from the seed and its index, so that the batch size changes nothing but speed.
 *
 * @example
 * ```ts
 * import { infer, LFADS, simulateLorenz } from "lfads";
 *
 * const { valid } = simulateLorenz({ conditions: 5, trialsPerCondition: 2, bins: 20 });
 * const model = new LFADS({ channels: 30, bins: 20 });
 * const { rates, controllerOutputMean } = await infer(model, valid, { samples: 20 });
 * console.log(rates.shape, controllerOutputMean.shape); // [ 2, 20, 30 ] [ 2, 20, 4 ]
 * ```
 * @throws if the trials do not fit the model, or the signal is aborted
 */
export async function infer(
  model: LFADS,
  trials: Pick<TrialSet, "encode" | "externalInputs">,
  { samples = 50, batchSize = 128, seed = 0, session = 0, onProgress, signal }: InferOptions = {},
): Promise<Inferred> {
  if (!Number.isInteger(samples) || samples < 0) {
    throw new Error(`infer: samples must be a non-negative integer, got ${samples}`);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new Error(`infer: batchSize must be a positive integer, got ${batchSize}`);
  }
  const { sessions, variational } = model.architecture;
  const reconstruction = sessions[session]?.reconstruction;
  if (!reconstruction) throw new Error(`infer: session must be less than ${sessions.length}, got ${session}`);
  checkTrials(trials, reconstruction.counts);

  const of = trials.encode.shape[0]!;
  const drawn = variational ? samples : 0;
  const stream = RandomStream.fromSeed(seed).fork("inference");
  const pause = pauses();
  const path = await loadKernels();
  const results: Partial<Record<Name, { data: Float32Array; shape: number[] }>> = {};
  for (let start = 0; start < of; start += batchSize) {
    const rows = Math.min(batchSize, of - start);
    const batch = { session, ...onPath(path, () => rowsOf(trials, start, rows)) };
    let sum: Record<Name, Tensor> | null = null;
    try {
      for (let sample = 0; sample < Math.max(1, drawn); sample++) {
        signal?.throwIfAborted();
        const before: Record<Name, Tensor> | null = sum;
        const draws = trialDraws(stream.fork(sample), start);
        sum = tidy(() => {
          const values = onPath(path, () => outputs(model, batch, drawn > 0 ? draws : null));
          return before ? mapRecord(values, (value, name) => add(value, before[name])) : values;
        });
        if (before) disposeAll(before);
        // Bounds the work in flight.
        await sum.initialConditionMean.data();
        await pause();
      }
      for (const [name, value] of Object.entries(sum!) as [Name, Tensor][]) {
        const mean = drawn > 1 ? div(value, drawn) : value.clone();
        const shape = value.shape.slice(1);
        const data = (await mean.data()) as Float32Array;
        mean.dispose();
        if (rows < of) {
          const width = shape.reduce((product, n) => product * n, 1);
          results[name] ??= { data: new Float32Array(of * width), shape: [of, ...shape] };
          results[name].data.set(data, start * width);
        } else results[name] = { data, shape: [of, ...shape] };
      }
    } finally {
      if (sum) disposeAll(sum);
      disposeAll({ encode: batch.encode, ...(batch.externalInputs && { inputs: batch.externalInputs }) });
    }
    onProgress?.({ trials: start + rows, of });
  }
  return results as unknown as Inferred;
}

/** Of a whole trial set, only what a model infers from; external inputs may go on over the predicted bins. */
function checkTrials(
  { encode, externalInputs }: Pick<TrialSet, "encode" | "externalInputs">,
  counts: boolean,
): void {
  validateTrialSet({ encode, reconstruct: encode }, { counts });
  if (!externalInputs) return;
  if (externalInputs.shape[0] !== encode.shape[0]) {
    throw new Error(
      `infer: externalInputs must have as many trials as encode, ${encode.shape[0]}, got [${externalInputs.shape}]`,
    );
  }
  const wrong = externalInputs.data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new Error(
      `infer: externalInputs must be finite, got ${externalInputs.data[wrong]} at index ${wrong}`,
    );
  }
}

function outputs(
  model: LFADS,
  batch: { readonly session: number; readonly encode: Tensor; readonly externalInputs?: Tensor },
  draws: Draws | null,
): Record<Name, Tensor> {
  const output = model.forward(
    [{ ...batch, reconstruct: batch.encode }],
    draws ? { draws, sample: true } : {},
  );
  const { decoder, initialCondition, controllerOutput } = output;
  const { readout, factors } = output.sessions[0]!;
  const { reconstruction } = model.architecture.sessions[batch.session]!;
  const [trials, bins] = factors.shape as [number, number];
  const swapped = (x: Tensor | null) => (x ? swap(x) : zeros([trials, bins, 0]));
  return {
    rates: reconstruction.mean(readout, scoped(model.parameters, `recon.${batch.session}`)),
    factors,
    generatorStates: swapped(decoder.generatorStates),
    generatorInit: decoder.generatorInit,
    generatorInputs: swapped(decoder.generatorInputs),
    initialConditionMean: initialCondition.mean,
    initialConditionStd: initialCondition.std,
    controllerOutputMean: controllerOutput?.mean ?? zeros([trials, bins, 0]),
    controllerOutputStd: controllerOutput?.std ?? zeros([trials, bins, 0]),
    controllerStates: swapped(decoder.controllerStates),
  };
}

/** Draws whose first axis is trials, each from a stream of its own. */
function trialDraws(stream: RandomStream, firstTrial: number): Draws {
  const byTrial = (
    name: string,
    shape: readonly number[],
    sample: (own: RandomStream, n: number) => Float32Array,
  ) => {
    const [trials = 0, ...rest] = shape;
    const width = rest.reduce((product, n) => product * n, 1);
    const values = new Float32Array(trials * width);
    for (let trial = 0; trial < trials; trial++) {
      values.set(sample(stream.fork(firstTrial + trial).fork(name), width), trial * width);
    }
    return tensor(values, [...shape], "float32");
  };
  const unused = (): never => {
    throw new Error("infer: inference draws no masks");
  };
  return {
    normal: (name, shape) => byTrial(name, shape, (own, n) => normal(own, n)),
    chiSquared: (name, shape, df) => byTrial(name, shape, (own, n) => chiSquared(own, n, df)),
    bernoulli: unused,
    integers: unused,
    fork: unused,
  };
}

function rowsOf(
  { encode, externalInputs }: Pick<TrialSet, "encode" | "externalInputs">,
  start: number,
  rows: number,
) {
  const indices = Uint32Array.from({ length: rows }, (_, i) => start + i);
  const upload = (array: NdArray) => takeRows(array, indices, 0);
  return { encode: upload(encode), ...(externalInputs && { externalInputs: upload(externalInputs) }) };
}

function mapRecord<A, B>(record: Record<Name, A>, f: (value: A, name: Name) => B): Record<Name, B> {
  const entries = (Object.entries(record) as [Name, A][]).map(([name, value]) => [name, f(value, name)]);
  return Object.fromEntries(entries) as Record<Name, B>;
}

function disposeAll(tensors: Record<string, Tensor>): void {
  for (const value of Object.values(tensors)) value.dispose();
}
