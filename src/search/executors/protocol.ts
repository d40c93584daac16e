import type { JobProgress, JobResult } from "../executor";
import { MissingCheckpoint } from "../runJob";
import type { Job, MemberKey } from "../scheduler";
import type { Store } from "../store";

/** What a worker is told. All messages are copied by structured clone. */
export type ToWorker =
  /** The first: what its workplace is made with. */
  | { readonly type: "open"; readonly data: unknown; readonly threads: number }
  | { readonly type: "run"; readonly id: number; readonly job: Job }
  | { readonly type: "abort"; readonly id: number }
  /** Answers to calls of the caller's store. */
  | { readonly type: "answer"; readonly call: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly call: number; readonly error: SentError };

/** What a worker tells. */
export type FromWorker =
  | { readonly type: "progress"; readonly id: number; readonly progress: JobProgress }
  | { readonly type: "done"; readonly id: number; readonly result: JobResult }
  | { readonly type: "failed"; readonly id: number; readonly error: SentError }
  /** It has no workplace, so it is of no use. */
  | { readonly type: "unusable"; readonly error: SentError }
  /** It ends, because of an error that nobody caught. */
  | { readonly type: "crashed"; readonly error: SentError }
  | ({ readonly type: "store"; readonly call: number } & StoreCall);

/** A method of the caller's store and its arguments. */
export type StoreCall = {
  [Method in keyof Store]: { readonly method: Method; readonly args: Parameters<Store[Method]> };
}[keyof Store];

/** What becomes of an error on its way. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Whose checkpoint is missing. */
  readonly missing: MemberKey | undefined;
}

/** An error as a message. */
export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), stack: undefined, missing: undefined };
  }
  const { name, message, stack } = error;
  return { name, message, stack, missing: error instanceof MissingCheckpoint ? error.of : undefined };
}

/** The error of a message, with the stack that it had where it was thrown. */
export function receiveError({ name, message, stack, missing }: SentError): Error {
  if (missing) return new MissingCheckpoint(missing);
  const error = new Error(message);
  error.name = name;
  if (stack) error.stack = stack;
  return error;
}
