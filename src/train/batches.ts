import type { Tensor } from "@tensorflow/tfjs-core";
import type { Batch } from "../augmentations";
import type { NdArray, TrialSet } from "../data";
import { filled } from "../ops/heap";
import { permutation, type RandomStream } from "../random";

/** Trials of one session with the mask of sample validation, if any. */
export interface SessionTrials {
  readonly trials: TrialSet;
  /** 1 = held in, the shape of `encode`. */
  readonly heldIn?: NdArray;
}

/** Number of batches in which all trials of all sessions come up at least once. */
export function batchCount(sessions: readonly SessionTrials[], batchSize: number): number {
  return Math.max(
    ...sessions.map(({ trials }) => Math.ceil(trialCount(trials) / share(sessions, batchSize))),
  );
}

/**
 * Trials of batch `index`, by session: a `1 / sessions` share of the batch size each; shorter sessions start again.
 *
 * @param shuffle stream of the epoch; trials are taken in their order without one
 */
export function batchIndices(
  sessions: readonly SessionTrials[],
  batchSize: number,
  index: number,
  shuffle?: RandomStream,
): Uint32Array[] {
  const size = share(sessions, batchSize);
  return sessions.map(({ trials }, session) => {
    const count = trialCount(trials);
    const order = shuffle
      ? permutation(shuffle.fork(session), count)
      : Uint32Array.from({ length: count }, (_, i) => i);
    const start = (index % Math.ceil(count / size)) * size;
    return order.subarray(start, start + size);
  });
}

/** Uploads the trials `indices` of every session. */
export function uploadBatches(sessions: readonly SessionTrials[], indices: readonly Uint32Array[]): Batch[] {
  return sessions.map(({ trials, heldIn }, session) => {
    const rows = indices[session]!;
    return {
      session,
      encode: takeTrials(trials.encode, rows),
      reconstruct: takeTrials(trials.reconstruct, rows),
      ...(trials.externalInputs && { externalInputs: takeTrials(trials.externalInputs, rows) }),
      ...(heldIn && { heldIn: takeTrials(heldIn, rows) }),
    };
  });
}

/** The rows `indices` of an array as a float32 tensor. */
export function takeTrials({ data, shape }: NdArray, indices: ArrayLike<number>): Tensor {
  const width = data.length / shape[0]!;
  return filled([indices.length, ...shape.slice(1)], (rows) => {
    for (let i = 0; i < indices.length; i++) {
      const start = indices[i]! * width;
      rows.set(data.subarray(start, start + width), i * width);
    }
  });
}

/** Whether any sample is NaN. */
export function hasMissing({ encode, reconstruct }: TrialSet): boolean {
  return [encode, reconstruct].some(({ data }) => data.some((value) => Number.isNaN(value)));
}

function trialCount({ encode }: TrialSet): number {
  return encode.shape[0]!;
}

function share(sessions: readonly SessionTrials[], batchSize: number): number {
  return Math.max(1, Math.floor(batchSize / sessions.length));
}
