import type { JobProgress, JobResult } from "../executor";
import type { Job } from "../scheduler";
import type { Store } from "../store";
import { uncheckedStore } from "../stores/checkedStore";
import { type FromWorker, receiveError, type ToWorker } from "./protocol";
import { answer } from "./remoteStore";

/** What a worker is on one platform: a process, a thread, a worker of a page. */
export interface WorkerHandle {
  /** @throws if the message cannot be copied */
  post(message: ToWorker): void;
  /** Whether whoever started it must wait for it before it can exit. */
  hold(busy: boolean): void;
  /** Ends it at once: `ended` is told. */
  kill(): void;
}

/** Starts a worker. `ended` is told once that it is gone, and why. */
export type StartWorker = (hear: (message: FromWorker) => void, ended: (why: string) => void) => WorkerHandle;

/** What holds for all workers of an executor. */
export interface WorkerSettings {
  /** Function whose name errors bear. */
  readonly name: string;
  readonly start: StartWorker;
  readonly data: unknown;
  /** Threads that kernels may use in each. */
  readonly threads: number;
  readonly store: Store | undefined;
  /** Milliseconds that an aborted job may take to end. */
  readonly patience: number;
}

interface Running {
  readonly id: number;
  readonly job: Job;
  readonly onProgress: (progress: JobProgress) => void;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: unknown) => void;
  readonly stop: (reason: unknown) => void;
}

/** A worker from its start to its end, seen from its caller. Runs one job at a time. */
export class JobWorker {
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
  readonly #handle: WorkerHandle;
  readonly #settings: WorkerSettings;
  #usable = true;
  #running: Running | undefined;
  #jobs = 0;
  #end: () => void = () => {};
  /** Why its job will be rejected, whatever comes from it. */
  #reason: { readonly error: unknown } | undefined;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    this.gone = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#handle = settings.start(
      (message) => this.#hear(message),
      (why) => this.#ended(why),
    );
    const { data, threads } = settings;
    this.#post({ type: "open", data, threads });
  }

  /** Whether it can take a job. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Runs a job. @throws as the trainer does there, and if the worker ends */
  run(
    job: Job,
    context: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
  ): Promise<JobResult> {
    const { signal, onProgress } = context;
    const id = ++this.#jobs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = (error: unknown) => {
      this.#reason ??= { error };
      this.#post({ type: "abort", id });
      timer ??= setTimeout(() => this.kill(), this.#settings.patience);
    };
    const aborted = () => stop(signal.reason);
    return new Promise<JobResult>((resolve, reject) => {
      this.#running = { id, job, onProgress, resolve, reject, stop };
      signal.addEventListener("abort", aborted, { once: true });
      this.#handle.hold(true);
      this.#post({ type: "run", id, job });
      if (signal.aborted) aborted();
    }).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
    });
  }

  /** Ends it: its job rejects when it is gone, with an error that is given here unless it was aborted before. */
  kill(error?: Error): void {
    this.#usable = false;
    if (error) this.#reason ??= { error };
    this.#handle.hold(true);
    this.#handle.kill();
  }

  #post(message: ToWorker): void {
    try {
      this.#handle.post(message);
    } catch (cause) {
      const { name } = this.#settings;
      const problem = `${name}: a message to a worker cannot be copied: ${(cause as Error).message}`;
      this.kill(new Error(problem, { cause }));
    }
  }

  #hear(message: FromWorker): void {
    if (message.type === "store") {
      void this.#answer(message);
    } else if (message.type === "unusable" || message.type === "crashed") {
      const error = receiveError(message.error);
      const what = message.type === "crashed" ? "a worker ended with the error" : "a worker cannot be used";
      error.message = `${this.#settings.name}: ${what}: ${error.message}`;
      this.kill(error);
    } else if (message.id === this.#running?.id) {
      this.#hearOfJob(message, this.#running);
    }
  }

  #hearOfJob(message: Extract<FromWorker, { id: number }>, running: Running): void {
    switch (message.type) {
      case "progress":
        try {
          running.onProgress(message.progress);
        } catch (error) {
          running.stop(error);
        }
        break;
      case "done":
        this.#settle(() => running.resolve(message.result), running);
        break;
      case "failed":
        this.#settle(() => running.reject(receiveError(message.error)), running);
    }
  }

  async #answer(message: Extract<FromWorker, { type: "store" }>): Promise<void> {
    const { name, store = noStore(name) } = this.#settings;
    // Workers check what they read and write: checked here as well, it would be framed twice.
    const reply = await answer(uncheckedStore(store), message.call, message);
    if (this.#usable) this.#post(reply);
  }

  #ended(why: string): void {
    this.#usable = false;
    this.#end();
    const running = this.#running;
    if (!running) return;
    const { member, generation } = running.job;
    const error = new Error(
      `${this.#settings.name}: a worker ${why} in the job of member ${member} in generation ${generation}`,
    );
    this.#settle(() => running.reject(error), running);
  }

  #settle(otherwise: () => void, { reject }: Running): void {
    const reason = this.#reason;
    this.#running = undefined;
    if (this.#usable) {
      this.#reason = undefined;
      this.#handle.hold(false);
    }
    if (reason) reject(reason.error);
    else otherwise();
  }
}

/** Stands for a store that was not given. */
function noStore(name: string): Store {
  const refuse = async () => {
    throw new Error(`${name}: no store was given to this executor for its workers to use`);
  };
  return { get: refuse, put: refuse, list: refuse, delete: refuse };
}
