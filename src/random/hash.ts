/** 128 bits: the key of a random stream. */
export type RandomKey = readonly [number, number, number, number];

/**
 * A key and a sequence of 32-bit words -> a new key. Each word is added to the first of the four words of
 * state and spread over all by two rounds, each a bijection of the 128 bits, so different words never meet in
 * one key.
 */
export function hash(key: RandomKey, words: readonly number[]): RandomKey {
  let [a, b, c, d] = key;
  for (const word of words) {
    a ^= word;
    for (let round = 0; round < 2; round++) {
      b ^= scramble(a + 0x9e3779b9);
      c ^= scramble(b + 0x7f4a7c15);
      d ^= scramble(c + 0xf39cc060);
      a ^= scramble(d + 0x5cedc834);
    }
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

/**
 * The words of a string: its length, so that no chain of names reads like another chain, then its UTF-16
 * units.
 */
export function wordsOf(name: string): number[] {
  return [name.length, ...name.split("").map((unit) => unit.charCodeAt(0))];
}

/**
 * MurmurHash3's 32-bit finaliser: every bit of x changes every bit of the result with probability one half.
 */
function scramble(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
