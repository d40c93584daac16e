import { StopSearch } from "../stopSearch";

/** Lets so many in at the same time; others wait for their turn. */
export class Slots {
  readonly #waiting: { enter(): void; refuse(error: Error): void }[] = [];
  #free: number;
  #closed = false;

  /**
   * @param owner whose name errors bear
   * @throws if `size` is not a positive integer
   */
  constructor(
    readonly owner: string,
    size: number,
  ) {
    if (!Number.isInteger(size) || size < 1) {
      throw new Error(`${owner}: size must be a positive integer, got ${size}`);
    }
    this.#free = size;
  }

  /**
   * Waits for a slot. @returns what frees it again
   * @throws if the signal aborts while it waits, or when this has been closed
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    this.throwIfClosed();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let taken = true;
    return () => {
      if (taken) this.#release();
      taken = false;
    };
  }

  /** @throws if this has been closed */
  throwIfClosed(): void {
    if (this.#closed) throw this.#refusal();
  }

  /** Refuses those who wait and those who come. */
  close(): void {
    this.#closed = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(this.#refusal());
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => signal.removeEventListener("abort", aborted);
      const place = {
        enter: () => {
          leave();
          resolve();
        },
        refuse: (error: Error) => {
          leave();
          reject(error);
        },
      };
      const aborted = () => {
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", aborted, { once: true });
      this.#waiting.push(place);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next.enter();
    else this.#free++;
  }

  #refusal(): Error {
    return new StopSearch(`${this.owner}: this executor has been closed`);
  }
}
