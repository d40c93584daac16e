import type { BernoulliAttributes, DrawAttributes, NoInputs } from "../../ops/draws";
import type { Implementation } from "../../ops/op";
import { bernoulliThreshold, type RandomStream } from "../../random";
import type { Address } from "./exports";
import type { Machine } from "./machine";

/** The Bernoulli draws of `ops/draws.ts`, the same numbers. */
export function bernoulliKernel(machine: Machine): Implementation<NoInputs, BernoulliAttributes> {
  return {
    forward: (_, { stream, shape, probability, value }) =>
      machine.call(() => {
        const limit = bernoulliThreshold(probability);
        const { address, count, state } = blocks(machine, stream, shape);
        if (limit === 2 ** 32) machine.numbers(address, count).fill(Math.fround(value));
        else machine.exports.drawBernoulli(address, state, count, limit | 0, value);
        return [machine.tensor(address, shape, shape.at(-1))];
      }),
    gradient: () => ({}),
  };
}

/** The normal draws of `ops/draws.ts`, the same numbers. */
export function normalKernel(machine: Machine): Implementation<NoInputs, DrawAttributes> {
  return {
    forward: (_, { stream, shape }) =>
      machine.call(() => {
        const { address, count, state } = blocks(machine, stream, shape);
        machine.exports.drawIntegers(address, state, count);
        machine.exports.normalOf(address, count);
        return [machine.tensor(address, shape, shape.at(-1))];
      }),
    gradient: () => ({}),
  };
}

/** A block for the draws, and one with the state of the next block of the stream. */
function blocks(machine: Machine, stream: RandomStream, shape: readonly number[]) {
  const size = shape.reduce((product, n) => product * n, 1);
  const count = 4 * Math.ceil(size / 4);
  const words = stream.block().state;
  const state = machine.block(words.length);
  machine.integers(state, words.length).set(words);
  const address: Address = machine.block(count);
  return { address, count, state };
}
