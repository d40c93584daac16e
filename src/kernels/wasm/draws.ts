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
        const { address, count } = integers(machine, stream, shape);
        if (limit === 2 ** 32) machine.numbers(address, count).fill(Math.fround(value));
        else machine.exports.bernoulliOf(address, count, limit | 0, value);
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
        const { address, count } = integers(machine, stream, shape);
        machine.exports.normalOf(address, count);
        return [machine.tensor(address, shape, shape.at(-1))];
      }),
    gradient: () => ({}),
  };
}

function integers(machine: Machine, stream: RandomStream, shape: readonly number[]) {
  const size = shape.reduce((product, n) => product * n, 1);
  const count = 4 * Math.ceil(size / 4);
  const state = stream.block().state;
  const from = machine.block(state.length);
  machine.integers(from, state.length).set(state);
  const address: Address = machine.block(count);
  machine.exports.drawIntegers(address, from, count);
  return { address, count };
}
