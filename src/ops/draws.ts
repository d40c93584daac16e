import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { bernoulli, chiSquared, type Draws, integers, normal, type RandomStream } from "../random";
import { type Op, runOp } from "./op";

/** Draws have no tensors as inputs. */
export type NoInputs = Record<string, never>;

/** A draw from the next block of a stream. */
export interface DrawAttributes {
  readonly stream: RandomStream;
  readonly shape: readonly number[];
}

/** Attributes of {@link bernoulliOp}. */
export interface BernoulliAttributes extends DrawAttributes {
  readonly probability: number;
  readonly value: number;
}

const draw = { results: 1, outputs: 0, gradient: () => ({}) };

/** Bernoulli draws as a tensor. */
export const bernoulliOp: Op<NoInputs, BernoulliAttributes> = {
  ...draw,
  name: "LfadsBernoulli",
  forward: (_, { stream, shape, probability, value }) => [
    toTensor(shape, bernoulli(stream, sizeOf(shape), probability, value)),
  ],
};

/** Standard normal draws as a tensor. */
export const normalOp: Op<NoInputs, DrawAttributes> = {
  ...draw,
  name: "LfadsNormal",
  forward: (_, { stream, shape }) => [toTensor(shape, normal(stream, sizeOf(shape)))],
};

/**
 * Draws from a random stream: the draw called `name` comes from `stream.fork(name)`, so its numbers depend on
 * the stream's key and the name alone, not on the order of the draws, and the same name gives the same
 * numbers.
 *
 * @example
 * ```ts
 * import { RandomStream, streamDraws } from "lfads";
 *
 * const draws = streamDraws(RandomStream.fromSeed(0));
 * const noise = draws.normal("noise", [2, 3]);
 * const again = draws.normal("noise", [2, 3]); // the same name, the same numbers
 * const next = draws.fork("step 1").normal("noise", [2, 3]); // others
 * console.log(noise.dataSync().join() === again.dataSync().join()); // true
 * console.log(noise.dataSync().join() === next.dataSync().join()); // false
 * ```
 */
export function streamDraws(stream: RandomStream): Draws {
  return {
    normal(name, shape) {
      checkShape("normal", shape);
      return runOp(normalOp, {}, { stream: stream.fork(name), shape })[0]!;
    },
    bernoulli(name, shape, probability, value = 1) {
      checkShape("bernoulli", shape);
      return runOp(bernoulliOp, {}, { stream: stream.fork(name), shape, probability, value })[0]!;
    },
    chiSquared(name, shape, df) {
      checkShape("chiSquared", shape);
      return toTensor(shape, chiSquared(stream.fork(name), sizeOf(shape), df));
    },
    integers(name, shape, low, highExclusive) {
      checkShape("integers", shape);
      if (Math.abs(low) > 0x1000000 || Math.abs(highExclusive) > 0x1000000) {
        throw new Error(`Draws.integers: bounds must be from -2^24 to 2^24, got ${low} and ${highExclusive}`);
      }
      const values = integers(stream.fork(name), sizeOf(shape), low, highExclusive);
      return toTensor(shape, Float32Array.from(values));
    },
    fork: (name) => streamDraws(stream.fork(name)),
  };
}

function checkShape(caller: string, shape: readonly number[]): void {
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new Error(`Draws.${caller}: shape must be non-negative integers, got [${shape}]`);
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function toTensor(shape: readonly number[], values: Float32Array): Tensor {
  return tensor(values, [...shape], "float32");
}
