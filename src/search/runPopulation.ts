import type { Executor, JobProgress } from "./executor";
import { bestOf, type MemberRecord, recordKey, reportOf } from "./records";
import { checkpointKey, missingIn } from "./runJob";
import type { Job, MemberKey, Scheduler, SearchEnd } from "./scheduler";
import { SearchRecords } from "./searchRecords";
import { StopSearch, stopsSearch } from "./stopSearch";
import type { Store } from "./store";
import { searchStore } from "./stores/searchStore";

/** Where a search stands. */
export interface SearchProgress {
  readonly generation: number;
  /** Members of this generation that are done, and all of them. */
  readonly done: number;
  readonly members: number;
  /** Epochs of the members that train at present. */
  readonly running: readonly (MemberKey & JobProgress)[];
  /** The best so far. */
  readonly best: MemberRecord | null;
}

/** Options of {@link runPopulation}. */
export interface PopulationOptions<State> {
  readonly scheduler: Scheduler<State>;
  readonly executor: Executor;
  /** The store that the executor's workers use as well. */
  readonly store: Store;
  /**
   * What else the result depends on, such as the file of the data or the size of batches: plain JSON data. A search goes on only
   * with the scheduler and the settings that it began with. @default {}
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Times that a job which failed is run again before its member counts as lost. @default 2 */
  readonly retries?: number;
  /** Keep all checkpoints, not only those that the search may still need. @default false */
  readonly keepAll?: boolean;
  /** Called when a member has trained for an epoch, and when one is done. */
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Called with every record once it is durable. */
  readonly onRecord?: (record: MemberRecord) => void;
  /** Stops the search; the same call goes on with it. */
  readonly signal?: AbortSignal;
}

/** What a search leaves. */
export interface PopulationResult {
  readonly reason: SearchEnd | "aborted";
  /** All members of all generations, in the order of generations and members. */
  readonly records: readonly MemberRecord[];
  /** The best over all generations; null if none has a finite score. */
  readonly best: MemberRecord | null;
  /** Its checkpoint. */
  readonly checkpoint: Uint8Array | null;
}

/**
 * Runs a search to its end: asks a scheduler for jobs, has an executor do them, keeps every result in a store before it counts.
 *
 * A search whose process was killed goes on with the same call and ends as if it had not been: records that are in the store are
 * told to the scheduler again, and only what is missing runs. A job that fails is run again, `retries` times; then its member counts as
 * lost, and the scheduler replaces it. A checkpoint that is lost or damaged is made again from its parent's. What is not the fault of
 * a member, such as a full disk under a worker's store, does not count as its failure, but stops the search.
 *
 * @example
 * ```ts
 * import { inProcess, memoryStore, pbt, runPopulation, type Trainer } from "lfads";
 *
 * // A model of one number, which should become 3; LFADS has `lfadsTrainer`.
 * const trainer: Trainer = async ({ hyperparameters, epochs }) => {
 *   const x = 3 - 3 * (1 - Number(hyperparameters.rate)) ** epochs;
 *   return { checkpoint: new Uint8Array(Float64Array.of(x).buffer), score: (x - 3) ** 2 };
 * };
 * const store = memoryStore();
 * const { best } = await runPopulation({
 *   scheduler: pbt({ space: { rate: { type: "uniform", low: 0, high: 1 } }, generationEpochs: 5, burnIn: 0 }),
 *   executor: inProcess({ trainer, store }),
 *   store,
 * });
 * console.log(best!.score! < 0.1); // true
 * ```
 * @throws if the store holds another search, if it fails for the runner or a job, if a job throws {@link StopSearch}, if a callback
 * throws, or if all members of a generation have failed: once the cause is mended, the same call goes on
 */
export async function runPopulation<State>(options: PopulationOptions<State>): Promise<PopulationResult> {
  return new Population(options).run();
}

class Population<State> {
  readonly #options;
  readonly #store: Store;
  readonly #kept: SearchRecords;
  readonly #retries: number;
  readonly #records = new Map<string, MemberRecord>();
  readonly #running = new Map<string, MemberKey & JobProgress>();
  /** Jobs under way that make a checkpoint again, by its key. */
  readonly #mending = new Map<string, Promise<unknown>>();
  /** Ends all jobs when the search is aborted or cannot go on. */
  readonly #stop = new AbortController();
  /** Why it cannot go on. */
  #failure: { readonly error: unknown } | undefined;
  #state: State;
  #best: MemberRecord | null = null;
  /** The generation of the last record, and the records of it. */
  #current = -1;
  #done = 0;
  #underWay = { generation: 0, members: 0 };

  constructor(options: PopulationOptions<State>) {
    const { retries = 2 } = options;
    if (!Number.isInteger(retries) || retries < 0) {
      throw new Error(`runPopulation: retries must be an integer of at least 0, got ${retries}`);
    }
    this.#options = options;
    this.#retries = retries;
    this.#store = searchStore("runPopulation", options.store);
    this.#kept = new SearchRecords(this.#store);
    this.#state = options.scheduler.start();
  }

  async run(): Promise<PopulationResult> {
    const { scheduler, settings = {}, signal } = this.#options;
    const abort = () => this.#stop.abort();
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    try {
      await this.#kept.open({ scheduler: scheduler.settings, settings });
      await this.#restore();
      while (!this.#stop.signal.aborted && scheduler.ask(this.#state).length > 0) {
        await this.#generation();
        await this.#restore();
      }
      if (this.#failure) throw this.#failure.error;
      return await this.#result();
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async #result(): Promise<PopulationResult> {
    const best = this.#best;
    let reason: PopulationResult["reason"] = this.#options.scheduler.ended(this.#state) ?? "aborted";
    let checkpoint = best && (await this.#store.get(checkpointKey(best)));
    if (best && !checkpoint && reason !== "aborted") {
      try {
        await this.#mend(best);
        checkpoint = await this.#store.get(checkpointKey(best));
      } catch (error) {
        if (this.#failure || !this.#stop.signal.aborted) throw this.#failure?.error ?? error;
        reason = "aborted";
      }
    }
    return { reason, records: [...this.#records.values()].sort(byGeneration), best, checkpoint };
  }

  /** Tells the scheduler what is in the store. */
  async #restore(): Promise<void> {
    for (let more = true; more; ) {
      more = false;
      for (const job of this.#options.scheduler.ask(this.#state)) {
        const record = await this.#kept.take(job);
        if (!record) continue;
        this.#tell(record);
        more = true;
      }
    }
  }

  /** Runs what is left of a generation. */
  async #generation(): Promise<void> {
    const { scheduler, executor } = this.#options;
    const jobs = scheduler.ask(this.#state);
    const { generation } = jobs[0]!;
    this.#underWay = { generation, members: jobs.length + (generation === this.#current ? this.#done : 0) };
    const waiting = [...jobs];
    const failed: { readonly job: Job; readonly error: unknown }[] = [];
    const worker = async () => {
      for (let job = waiting.shift(); job && !this.#stop.signal.aborted; job = waiting.shift()) {
        let record: MemberRecord;
        try {
          record = await this.#attempt(job);
        } catch (error) {
          if (this.#stop.signal.aborted || stopsSearch(error) || missingIn(error)) throw error;
          failed.push({ job, error });
          continue;
        }
        await this.#keep(record);
      }
    };
    await Promise.all(
      Array.from({ length: Math.max(1, executor.size) }, () => worker().catch((error) => this.#fail(error))),
    );
    if (this.#stop.signal.aborted) return;
    if (failed.length > 0 && this.#current !== generation) {
      const { error } = failed[0]!;
      throw new Error(
        `runPopulation: all members of generation ${generation} have failed, the first with: ${messageOf(error)}`,
        { cause: error },
      );
    }
    for (const { job, error } of failed) await this.#keep(recordOf(job, Number.NaN, {}, messageOf(error)));
    if (!this.#options.keepAll) await this.#forget(generation);
  }

  /** Runs a job, again if it fails. */
  async #attempt(job: Job): Promise<MemberRecord> {
    for (let attempt = 0; ; attempt++) {
      try {
        const { score, metrics = {} } = await this.#execute(job);
        if (typeof score !== "number") {
          throw new StopSearch(
            `runPopulation: the score of a job must be a number, got ${JSON.stringify(score)}`,
          );
        }
        return recordOf(job, score, metrics, null);
      } catch (error) {
        if (this.#stop.signal.aborted || stopsSearch(error) || attempt >= this.#retries) throw error;
      }
    }
  }

  async #execute(job: Job): ReturnType<Executor["run"]> {
    const { signal } = this.#stop;
    const key = recordKey(job);
    const context = {
      signal,
      onProgress: (progress: JobProgress) => {
        this.#running.set(key, { member: job.member, generation: job.generation, ...progress });
        this.#report();
      },
    };
    try {
      return await this.#options.executor.run(job, context);
    } catch (error) {
      const of = missingIn(error);
      if (!of) throw error;
      await this.#mend(of);
      return await this.#options.executor.run(job, context);
    } finally {
      this.#running.delete(key);
    }
  }

  /** Makes a checkpoint again: the same job gives the same one. */
  #mend(of: MemberKey): Promise<unknown> {
    const key = checkpointKey(of);
    const mending = this.#mending.get(key) ?? this.#remake(of).finally(() => this.#mending.delete(key));
    this.#mending.set(key, mending);
    return mending;
  }

  async #remake(of: MemberKey): Promise<void> {
    const which = `member ${of.member} after generation ${of.generation}`;
    const record = this.#records.get(recordKey(of));
    if (!record) throw new Error(`runPopulation: nothing is known of ${which}`);
    try {
      await this.#attempt(record);
    } catch (cause) {
      if (this.#stop.signal.aborted || stopsSearch(cause)) throw cause;
      // That is no fault of those who need it.
      throw new StopSearch(
        `runPopulation: the checkpoint of ${which} is gone, and its job fails now: ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  async #keep(record: MemberRecord): Promise<void> {
    await this.#kept.keep(record);
    this.#tell(record);
    this.#options.onRecord?.(record);
    this.#report();
  }

  /** Ends the search with an error. What comes after, or after it was aborted, is but the consequence. */
  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#failure = { error };
    this.#stop.abort(error);
  }

  #tell(record: MemberRecord): void {
    this.#state = this.#options.scheduler.tell(this.#state, reportOf(record));
    this.#records.set(recordKey(record), record);
    this.#done = record.generation === this.#current ? this.#done + 1 : 1;
    this.#current = record.generation;
    this.#best = bestOf(this.#best ? [this.#best, record] : [record]);
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (!onProgress || this.#failure) return;
    const done = this.#underWay.generation === this.#current ? this.#done : 0;
    try {
      onProgress({ ...this.#underWay, done, running: [...this.#running.values()], best: this.#best });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Deletes the checkpoints that neither the next generation nor the result needs. */
  async #forget(generation: number): Promise<void> {
    const needed = new Set(
      [this.#best, ...this.#options.scheduler.ask(this.#state).map(({ parent }) => parent)].flatMap((one) =>
        one ? [checkpointKey(one)] : [],
      ),
    );
    for (const key of await this.#store.list("checkpoints/")) {
      if (!needed.has(key) && Number(key.split("/")[1]) <= generation) await this.#store.delete(key);
    }
  }
}

function recordOf(
  { member, generation, hyperparameters, parent, epochs }: Job,
  score: number,
  metrics: Readonly<Record<string, number>>,
  error: string | null,
): MemberRecord {
  const finite = (x: number) => (Number.isFinite(x) ? x : null);
  const numbers = Object.entries(metrics).map(([name, value]) => [name, finite(value)]);
  const job = { member, generation, hyperparameters, parent, epochs };
  return { ...job, score: finite(score), metrics: Object.fromEntries(numbers), error };
}

function byGeneration(one: MemberKey, other: MemberKey): number {
  return one.generation - other.generation || one.member - other.member;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
