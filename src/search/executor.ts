import type { Job } from "./scheduler";
import type { Store } from "./store";

/** Where a job stands. */
export interface JobProgress {
  /** Epochs that the member has behind it, and those it will have. */
  readonly epoch: number;
  readonly epochs: number;
}

/** What training one member for one generation gives. */
export interface Trained {
  /** All that later generations go on from. */
  readonly checkpoint: Uint8Array;
  /** The lower the better; NaN for a training that failed for good. */
  readonly score: number;
  /** Numbers for the log. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * Trains a member for one generation: from the checkpoint of its parent, or a fresh model for null. The same job and checkpoint
 * must give the same result, wherever and how often it runs: that is what lets a search survive anything.
 */
export type Trainer = (
  job: Job,
  checkpoint: Uint8Array | null,
  context: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
) => Promise<Trained>;

/** What an executor tells of a job that is done: the checkpoint is in the store. */
export type JobResult = Omit<Trained, "checkpoint">;

/** Runs jobs somewhere. */
export interface Executor {
  /** Jobs that can run at the same time. */
  readonly size: number;
  /**
   * Runs a job to its end: its checkpoint is in the store when this returns.
   * @throws if it failed or was killed: the runner tries again; `StopSearch` if that is of no use
   */
  run(
    job: Job,
    context: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
  ): Promise<JobResult>;
  /** Ends workers and connections. */
  close(): Promise<void>;
}

/** What a worker works with: its own trainer, and the store of the search. */
export interface Workplace {
  readonly trainer: Trainer;
  readonly store: Store;
}
