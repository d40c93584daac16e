import { type NdArray, ndarray } from "../data/ndarray";
import { integers, normal, RandomStream } from "../random";

export interface SampleStatesOptions {
  /** @default 1024 */
  readonly count?: number;
  /** Standard deviation of the noise that is added to each coordinate. @default 0.01 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number | string;
}

/**
 * States from which to look for fixed points: random ones from trajectories, with repeats, and a little noise.
 *
 * @param states `[..., size]`, e.g. the generator's states of all trials and bins
 * @returns `[count, size]`
 * @throws if there are no states, `count` is not a whole number above 0 or `noise` is negative
 */
export function sampleStates(
  states: NdArray,
  { count = 1024, noise = 0.01, seed = 0 }: SampleStatesOptions = {},
): NdArray<Float32Array> {
  const size = states.shape.at(-1) ?? 0;
  if (size === 0 || states.data.length === 0) {
    throw new Error(`sampleStates: states must be [..., size] and not empty, got [${states.shape}]`);
  }
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`sampleStates: count must be a whole number above 0, got ${count}`);
  }
  if (!(noise >= 0 && noise < Infinity)) {
    throw new Error(`sampleStates: noise must be finite and not negative, got ${noise}`);
  }
  const stream = RandomStream.fromSeed(seed).fork("sampleStates");
  const rows = integers(stream.fork("rows"), count, 0, states.data.length / size);
  const sampled = normal(stream.fork("noise"), count * size, 0, noise);
  for (let i = 0; i < sampled.length; i++) {
    sampled[i]! += states.data[rows[Math.floor(i / size)]! * size + (i % size)]!;
  }
  return ndarray(Float32Array.from(sampled), [count, size]);
}
