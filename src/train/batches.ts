import type { Batch } from "../augmentations";
import type { NdArray, TrialSet } from "../data";
import { takeRows } from "../ops";
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
      encode: takeRows(trials.encode, rows),
      reconstruct: takeRows(trials.reconstruct, rows),
      ...(trials.externalInputs && { externalInputs: takeRows(trials.externalInputs, rows) }),
      ...(heldIn && { heldIn: takeRows(heldIn, rows) }),
    };
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
