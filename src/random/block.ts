import { hash, type RandomKey } from "./hash";

/** Separates blocks from forks: no name is this long. */
const BLOCK = 0xffffffff;
const WARM_UP = new Uint32Array(48);
const BUFFER = 256;
/**
 * Numbers that one lane writes before the next takes its turn: they stay in the processor's fastest cache.
 */
const CHUNK = 4096;

/**
 * An endless sequence of random 32-bit integers, fixed by a key and a counter: four generators (sfc32, Doty-
 * Humphrey) side by side, number i from generator i % 4, so that four-lane SIMD code can give the same
 * numbers.
 *
 * Take numbers by {@link fill}, or one at a time by {@link uint32} and {@link uniform}, but do not mix the
 * two ways.
 */
export class RandomBlock {
  /** Words a, b, c, d of the state, each of them for lanes 0 to 3. */
  readonly #state = new Int32Array(16);
  readonly #buffer = new Uint32Array(BUFFER);
  #used = BUFFER;

  constructor(key: RandomKey, counter: number) {
    const root = hash(key, [BLOCK, counter >>> 0, Math.floor(counter / 0x100000000)]);
    for (let lane = 0; lane < 4; lane++) {
      const words = hash(root, [lane]);
      for (let word = 0; word < 4; word++) this.#state[4 * word + lane] = words[word]!;
    }
    this.fill(WARM_UP);
  }

  /** The words a, b, c, d from which the next numbers come, each of them for lanes 0 to 3. */
  get state(): Int32Array {
    return this.#state.slice();
  }

  /**
   * Fills `target` with the next numbers. Parts give the numbers of the whole if their lengths are multiples
   * of 4.
   */
  fill(target: Uint32Array): void {
    for (let start = 0; start < target.length; start += CHUNK) {
      const end = Math.min(start + CHUNK, target.length);
      for (let lane = 0; lane < 4; lane++) this.#fillLane(lane, target, start, end);
    }
  }

  #fillLane(lane: number, target: Uint32Array, start: number, end: number): void {
    const state = this.#state;
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
