import { hash, type RandomKey } from "./hash";

/** Separates blocks from forks: no name is this long. */
const BLOCK = 0xffffffff;
const WARM_UP = 48;
const BUFFER = 256;
/**
 * Numbers that one lane writes before the next takes its turn: they stay in the processor's fastest cache.
 */
const CHUNK = 4096;

/** Numbers that four generators give before four others go on. */
export const SEGMENT = 65536;

/**
 * An endless sequence of random 32-bit integers, fixed by a key and a counter: four generators (sfc32, Doty-
 * Humphrey) side by side, number i from generator i % 4, so that four-lane SIMD code can give the same
 * numbers; for each segment of 65,536 numbers four others, so that threads can share the work.
 *
 * Take numbers by {@link fill}, or one at a time by {@link uint32} and {@link uniform}, but do not mix the
 * two ways.
 */
export class RandomBlock {
  readonly #root: RandomKey;
  #state: Int32Array;
  #segment = 0;
  /** Numbers that the segment has given. */
  #given = 0;
  readonly #buffer = new Uint32Array(BUFFER);
  #used = BUFFER;

  constructor(key: RandomKey, counter: number) {
    this.#root = hash(key, [BLOCK, counter >>> 0, Math.floor(counter / 0x100000000)]);
    this.#state = this.#start(0);
  }

  /** Where each segment of the first `count` numbers starts: words a, b, c, d, each of them for lanes 0 to 3. */
  starts(count: number): Int32Array {
    const all = new Int32Array(16 * Math.ceil(count / SEGMENT));
    for (let i = 0; 16 * i < all.length; i++) all.set(this.#start(i), 16 * i);
    return all;
  }

  #start(segment: number): Int32Array {
    const state = new Int32Array(16);
    for (let lane = 0; lane < 4; lane++) {
      const words = hash(this.#root, [4 * segment + lane]);
      for (let word = 0; word < 4; word++) state[4 * word + lane] = words[word]!;
    }
    draw(state, new Uint32Array(WARM_UP), 0, WARM_UP);
    return state;
  }

  /**
   * Fills `target` with the next numbers. Parts give the numbers of the whole if their lengths are multiples
   * of 4.
   */
  fill(target: Uint32Array): void {
    for (let start = 0; start < target.length; ) {
      if (this.#given >= SEGMENT) {
        this.#state = this.#start(++this.#segment);
        this.#given = 0;
      }
      const end = Math.min(start + CHUNK, start + SEGMENT - this.#given, target.length);
      draw(this.#state, target, start, end);
      this.#given += 4 * Math.ceil((end - start) / 4);
      start = end;
    }
  }

  /** The next integer, 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#used === BUFFER) {
      this.fill(this.#buffer);
      this.#used = 0;
    }
    return this.#buffer[this.#used++]!;
  }

  /** The next number of (0, 1), an odd multiple of 2^-53, from two integers. */
  uniform(): number {
    const high = this.uint32();
    return (high * 0x100000 + (this.uint32() >>> 12) + 0.5) / 0x10000000000000;
  }
}

/** Writes the next numbers of four generators from `start` to `end`. */
function draw(state: Int32Array, target: Uint32Array, start: number, end: number): void {
  for (let lane = 0; lane < 4; lane++) {
    let a = state[lane]!;
    let b = state[4 + lane]!;
    let c = state[8 + lane]!;
    let d = state[12 + lane]!;
    for (let i = start + lane; i < end; i += 4) {
      const sum = (a + b + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      target[i] = sum;
    }
    state[lane] = a;
    state[4 + lane] = b;
    state[8 + lane] = c;
    state[12 + lane] = d;
  }
}
