import alea from "seedrandom/lib/alea.js"; // the rest of the package looks for Node's crypto
import { RandomBlock } from "./block";
import { requireCount } from "./checks";
import { hash, type RandomKey, wordsOf } from "./hash";

/** A {@link RandomStream} as plain data, safe in JSON. */
export interface RandomState {
  /** Four integers, 0 to 2^32 - 1. */
  readonly key: RandomKey;
  /** Blocks drawn so far, 0 to 2^53 - 1. */
  readonly counter: number;
}

/**
 * A stream of random numbers: a key that never changes and a counter of the blocks drawn so far. All draws
 * are functions of the two, in integer arithmetic: the same bits on every engine.
 *
 * ```ts
 * import { RandomStream, sampleBernoulli } from "lfads";
 *
 * const stream = RandomStream.fromSeed(0);
 * const mask = sampleBernoulli(stream.fork("dropout"), 1_000_000, 0.95);
 * const later = RandomStream.fromJSON(JSON.parse(JSON.stringify(stream)));
 * ```
 */
export class RandomStream {
  readonly #key: RandomKey;
  #counter: number;

  private constructor(key: RandomKey, counter: number) {
    this.#key = key;
    this.#counter = counter;
  }

  /**
   * The stream of a seed (seedrandom's `alea` makes the key). A number is read as its decimal text: 1 and "1"
   * are the same seed.
   *
   * @throws if the seed is neither a finite number nor a string
   */
  static fromSeed(seed: number | string): RandomStream {
    const next = alea(text("RandomStream.fromSeed: seed", seed));
    return new RandomStream(
      [next.int32() >>> 0, next.int32() >>> 0, next.int32() >>> 0, next.int32() >>> 0],
      0,
    );
  }

  /**
   * The stream that {@link toJSON} described, at the place where it stood.
   *
   * @throws if the state is not a key of four 32-bit integers and a counter
   */
  static fromJSON(state: RandomState): RandomStream {
    const { key, counter }: Partial<RandomState> = state ?? {};
    if (!Array.isArray(key) || key.length !== 4 || !key.every((word) => word === word >>> 0)) {
      throw new Error(
        `RandomStream.fromJSON: key must be 4 integers from 0 to 2^32 - 1, got ${JSON.stringify(key)}`,
      );
    }
    if (!Number.isSafeInteger(counter) || counter! < 0) {
      throw new Error(`RandomStream.fromJSON: counter must be an integer from 0 to 2^53 - 1, got ${counter}`);
    }
    const [a, b, c, d] = key as unknown as RandomKey;
    return new RandomStream([a, b, c, d], counter!);
  }

  /**
   * The child stream of that name. It depends on this stream's key and the name only, not on what has been
   * drawn, and draws nothing: the same name always gives the same child. 1 and "1" are the same name.
   *
   * @throws if the name is neither a finite number nor a string
   */
  fork(name: string | number): RandomStream {
    return new RandomStream(hash(this.#key, wordsOf(text("RandomStream.fork: name", name))), 0);
  }

  /** The next block, as long as its user needs. Every sampler takes exactly one per call. */
  block(): RandomBlock {
    if (this.#counter === Number.MAX_SAFE_INTEGER)
      throw new Error("RandomStream.block: all 2^53 - 1 blocks are used");
    return new RandomBlock(this.#key, this.#counter++);
  }

  /**
   * `count` random integers, 0 to 2^32 - 1: the beginning of the next block.
   *
   * @throws if count is not a whole number
   */
  uint32(count: number): Uint32Array {
    const numbers = new Uint32Array(requireCount("RandomStream.uint32", count));
    this.block().fill(numbers);
    return numbers;
  }

  /** Key and counter: all that there is to save. */
  toJSON(): RandomState {
    return { key: [...this.#key], counter: this.#counter };
  }
}

function text(what: string, value: string | number): string {
  if (typeof value !== "string" && !Number.isFinite(value)) {
    throw new Error(`${what} must be a string or a finite number, got ${value}`);
  }
  return String(value);
}
