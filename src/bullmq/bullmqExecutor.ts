import { type ConnectionOptions, Queue, QueueEvents } from "bullmq";
import type { Executor, JobProgress, JobResult } from "../search/executor";
import { receiveError } from "../search/executors/protocol";
import { Slots } from "../search/executors/slots";
import { checkPatience } from "../search/executors/workerPool";
import type { Job } from "../search/scheduler";
import { StopSearch } from "../search/stopSearch";
import { onlyJob, type QueueData, receiveResult, type SentResult } from "./queueJob";
import { within } from "./within";

/** Settings of {@link bullmqExecutor}. */
export interface BullmqExecutorOptions {
  /** Options of `ioredis`, such as `{ url: "redis://host:6379" }`, or a client of it. */
  readonly connection: ConnectionOptions;
  /** Name of the queue that workers serve. @default "lfads" */
  readonly queue?: string;
  /** Name of this search, which no other search in the queue has. Without `:`. */
  readonly search: string;
  /** Jobs in the queue at the same time: as many as there can be workers. */
  readonly size: number;
  /**
   * Milliseconds that Redis may be out of reach before the search stops, and that a worker may take to end an aborted job.
   * @default 30000
   */
  readonly patience?: number;
}

/** Milliseconds between two looks at a job: events that tell of its end are lost when Redis goes away. */
const LOOK = 1000;

/**
 * Runs jobs on the machines that serve a BullMQ queue in Redis ({@link serveQueue}), which may come and go at any time. Jobs carry keys;
 * checkpoints travel through the store, which all machines reach.
 *
 * A job has an id of search, generation and member: a search that is started again waits for those of its jobs that are still
 * under way. One that the queue has lost, when Redis was restarted without its data, is added again. An aborted job is taken out of the
 * queue, or ended by its worker. The connections keep this process running until they are closed.
 *
 * @throws if an option is out of range
 */
export function bullmqExecutor(options: BullmqExecutorOptions): Executor {
  const { connection, queue = "lfads", search, size, patience = 30_000 } = options;
  const slots = new Slots("bullmqExecutor", size);
  checkPatience("bullmqExecutor", patience);
  if (!/^[^:]+$/.test(search)) {
    throw new Error(
      `bullmqExecutor: search must be a name without ":" for its jobs, got ${JSON.stringify(search)}`,
    );
  }
  return new BullmqExecutor(slots, { connection, queue, search, patience }, size);
}

interface Waiting {
  readonly onProgress: (progress: JobProgress) => void;
  readonly look: () => void;
  readonly stop: (error: unknown) => void;
}

class BullmqExecutor implements Executor {
  readonly #queue: Queue<QueueData, SentResult>;
  readonly #events: QueueEvents;
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #runs = new Set<Promise<unknown>>();
  readonly #slots: Slots;
  readonly #search: string;
  readonly #patience: number;

  constructor(
    slots: Slots,
    { connection, queue, search, patience }: Required<Omit<BullmqExecutorOptions, "size">>,
    readonly size: number,
  ) {
    this.#slots = slots;
    this.#search = search;
    this.#patience = patience;
    this.#queue = new Queue(queue, { connection });
    this.#events = new QueueEvents(queue, { connection });
    const look = ({ jobId }: { jobId: string }) => {
      for (const one of this.#waiting.get(jobId) ?? []) one.look();
    };
    this.#events.on("completed", look);
    this.#events.on("failed", look);
    this.#events.on("progress", ({ jobId, data }) => {
      for (const one of this.#waiting.get(jobId) ?? []) tell(one, data as unknown as JobProgress);
    });
    // Jobs find out for themselves that Redis is away.
    this.#queue.on("error", () => {});
    this.#events.on("error", () => {});
  }

  async run(job: Job, context: Parameters<Executor["run"]>[1]): Promise<JobResult> {
    const release = await this.#slots.take(context.signal);
    const run = this.#run(onlyJob(job), context);
    this.#runs.add(run);
    try {
      return await run;
    } finally {
      this.#runs.delete(run);
      release();
    }
  }

  async close(): Promise<void> {
    this.#slots.close();
    const closed = new StopSearch("bullmqExecutor: this executor has been closed");
    for (const one of [...this.#waiting.values()].flatMap((some) => [...some])) one.stop(closed);
    await Promise.allSettled(this.#runs);
    const ends = Promise.allSettled([this.#queue.close(), this.#events.close()]);
    await this.#answered(ends).catch(() => {
      // Without Redis this may wait for ever.
      for (const end of [this.#queue.disconnect(), this.#events.disconnect()]) end.catch(() => {});
    });
  }

  async #run(job: Job, { signal, onProgress }: Parameters<Executor["run"]>[1]): Promise<JobResult> {
    const id = `${this.#search}/${job.generation}/${job.member}`;
    const stop = new AbortController();
    const abort = () => stop.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    let wake = () => {};
    const waiting = { onProgress, look: () => wake(), stop: (error: unknown) => stop.abort(error) };
    stop.signal.addEventListener("abort", () => wake());
    const all = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, all.add(waiting));
    const rest = () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    try {
      let added = false;
      for (let heard = Date.now(); ; ) {
        if (stop.signal.aborted) {
          await this.#cancel(id, rest).catch(() => {});
          throw stop.signal.reason;
        }
        // From now on an event is not missed, even one that comes while this looks.
        const next = rest();
        let end: End | null = null;
        try {
          const seen: Seen = await this.#answered(this.#look(id, job, added));
          added ||= seen.added;
          end = seen.end;
          heard = Date.now();
        } catch (cause) {
          if (Date.now() - heard >= this.#patience) {
            throw new StopSearch(`bullmqExecutor: ${(cause as Error).message}`, { cause });
          }
        }
        if (end && "error" in end) throw end.error;
        if (end) return end.result;
        if (stop.signal.aborted) wake();
        await next;
      }
    } finally {
      wake();
      signal.removeEventListener("abort", abort);
      all.delete(waiting);
      if (all.size === 0) this.#waiting.delete(id);
    }
  }

  /** Sees where a job stands; adds it if it is not there, or is over from an earlier time. */
  async #look(id: string, job: Job, added: boolean): Promise<Seen> {
    const found = await this.#queue.getJob(id);
    if (found) {
      if (JSON.stringify(found.data.job) !== JSON.stringify(job)) {
        const what = `the queue has another job ${JSON.stringify(id)}`;
        const error = new StopSearch(`bullmqExecutor: ${what}; give each search a name of its own`);
        return { added, end: { error } };
      }
      const { finishedOn, returnvalue, failedReason, data } = found;
      // One that is being aborted belongs to an earlier time, whose end is waited for.
      if (!finishedOn) return { added: added || !data.aborted, end: null };
      await found.remove();
      if (added && !data.aborted) {
        if (!failedReason) return { added, end: { result: receiveResult(returnvalue) } };
        const error = data.error ? receiveError(data.error) : new Error(`bullmqExecutor: ${failedReason}`);
        return { added, end: { error } };
      }
    }
    await this.#queue.add("train", { job }, { jobId: id });
    return { added: true, end: null };
  }

  /** Takes a job out of the queue, or has its worker end it and waits for that. */
  async #cancel(id: string, rest: () => Promise<void>): Promise<void> {
    const until = Date.now() + this.#patience;
    for (let told = false; Date.now() < until; ) {
      const next = rest();
      const found = await this.#answered(this.#queue.getJob(id));
      if (!found) return;
      const removed = await this.#answered(found.remove()).then(
        () => true,
        () => false, // a worker has it
      );
      if (removed) return;
      if (!told) await this.#answered(found.updateData({ ...found.data, aborted: true }));
      told = true;
      await next;
    }
  }

  #answered<Value>(promise: Promise<Value>): Promise<Value> {
    const patience = this.#patience;
    const late = () => new Error(`Redis has not answered for ${patience} ms`);
    return within(patience, promise, late);
  }
}

type End = { readonly result: JobResult } | { readonly error: Error };

/** What a look at a job found. */
interface Seen {
  /** Whether the job in the queue is of this run, its end included. */
  readonly added: boolean;
  readonly end: End | null;
}

function tell({ onProgress, stop }: Waiting, progress: JobProgress): void {
  try {
    onProgress(progress);
  } catch (error) {
    stop(error);
  }
}
