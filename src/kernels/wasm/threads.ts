import type { Address, KernelExports } from "./exports";
import { fieldsOf, TASKS, type TaskName } from "./layouts";
import { startWorker } from "./startWorker";

/** What to run; see `assembly/run.ts`. */
export interface SharedRun {
  readonly task: TaskName;
  readonly args: Address;
  readonly rows: number;
  readonly unit: number;
  readonly chunks: number;
  readonly tapered: number;
  readonly scratch: Address;
  readonly scratchStep: number;
}

const FIELDS = fieldsOf("Run");
/** Times that the caller looks whether all is done before it sleeps. */
const SPINS = 20_000;
/** Milliseconds that it sleeps at most. */
const NAP = 100;

/** The threads that run tasks: the caller and workers in the same memory. */
export class Threads {
  readonly #words: Int32Array;
  /** What ends each worker. */
  #workers: (() => void)[] = [];

  /**
   * @param run address of a `Run`
   * @param patience milliseconds that a worker may be busy and get nothing done
   */
  constructor(
    readonly exports: KernelExports,
    readonly module: WebAssembly.Module,
    readonly memory: WebAssembly.Memory,
    readonly run: Address,
    readonly patience: number,
  ) {
    this.#words = new Int32Array(memory.buffer, run, Object.keys(FIELDS).length);
    this.#words[FIELDS.threads] = 1;
  }

  /** Threads that runs may use, workers that are not ready yet included. */
  get count(): number {
    return this.#words[FIELDS.threads]!;
  }

  /** Workers that are missing start, as many as can be had; those that are too many sleep. */
  set count(count: number) {
    while (this.#workers.length < count - 1) {
      const { module, memory, run } = this;
      const end = startWorker({ module, memory, run, thread: this.#workers.length + 1 });
      if (!end) break;
      this.#workers.push(end);
    }
    Atomics.store(this.#words, FIELDS.threads, Math.min(count, this.#workers.length + 1));
  }

  /** Threads that can run a task now. */
  get ready(): number {
    return Math.min(this.count, 1 + Atomics.load(this.#words, FIELDS.ready));
  }

  /** Threads that need scratch memory, now or at any time of a run. */
  get all(): number {
    return this.#workers.length + 1;
  }

  /** @throws if a chunk fails, or a worker does not answer: after that there are no workers any more */
  start({ task, ...fields }: SharedRun): void {
    const words = this.#words;
    words[FIELDS.task] = Object.keys(TASKS).indexOf(task);
    for (const [name, value] of Object.entries(fields)) words[FIELDS[name as keyof typeof fields]] = value;
    if (this.ready === 1 || fields.chunks === 1) {
      this.exports.runAlone(this.run);
      return;
    }
    words[FIELDS.failed] = 0;
    Atomics.add(words, FIELDS.given, fields.chunks);
    Atomics.notify(words, FIELDS.given);
    const error = this.#takePart(fields.chunks);
    this.#join(task);
    if (words[FIELDS.failed]) {
      this.#end();
      throw new Error(`kernels: ${task} failed in a thread`, { cause: error });
    }
  }

  /** All chunks must be done or failed before anybody may free their memory. */
  #takePart(chunks: number): unknown {
    let error: unknown;
    for (let failures = 0; failures <= chunks; failures++) {
      try {
        this.exports.takePart(this.run, 0);
        return error;
      } catch (reason) {
        error = reason;
        this.exports.failChunk(this.run);
      }
    }
    this.#end(); // more failures than chunks: it cannot even begin
    throw error;
  }

  #join(task: TaskName): void {
    const words = this.#words;
    let naps = 0;
    let before = -1;
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(words, FIELDS.done);
      if (done === words[FIELDS.given]) return;
      if (spins < SPINS) continue;
      // Counted in naps, not by a clock: a computer may be put to sleep.
      naps = done === before ? naps + 1 : 0;
      before = done;
      if (naps * NAP > this.patience) {
        this.#end();
        throw new Error(`kernels: ${task} must be done, a thread has not answered for ${this.patience} ms`);
      }
      nap(words, done);
    }
  }

  #end(): void {
    for (const end of this.#workers) end();
    this.#workers = [];
    this.count = 1;
    const words = this.#words;
    words[FIELDS.ready] = 0;
    words[FIELDS.done] = words[FIELDS.given]!;
  }
}

/** Until `done` changes, or for {@link NAP} milliseconds; awake in the main thread of a page, which may not sleep. */
function nap(words: Int32Array, done: number): void {
  try {
    Atomics.wait(words, FIELDS.done, done, NAP);
  } catch {
    const end = performance.now() + NAP;
    while (performance.now() < end && Atomics.load(words, FIELDS.done) === done);
  }
}
