import type { BernoulliAttributes, DrawAttributes, NoInputs } from "../../ops/draws";
import type { Implementation } from "../../ops/op";
import { bernoulliThreshold, type RandomStream, SEGMENT } from "../../random";
import type { Address } from "./exports";
import type { TaskArguments } from "./layouts";
import { bits, type Machine } from "./machine";

/** The Bernoulli draws of `ops/draws.ts`, the same numbers. */
export function bernoulliKernel(machine: Machine): Implementation<NoInputs, BernoulliAttributes> {
  return {
    forward: (_, { stream, shape, probability, value }) =>
      machine.call(() => {
        const threshold = bernoulliThreshold(probability);
        const { target, count, starts } = blocks(machine, stream, shape);
        if (threshold === 2 ** 32) machine.numbers(target, count).fill(Math.fround(value));
        else run(machine, { target, count, starts, threshold: threshold | 0, value: bits(value) }, 4);
        return [machine.tensor(target, shape, shape.at(-1))];
      }),
    gradient: () => ({}),
  };
}

/** The normal draws of `ops/draws.ts`, the same numbers. */
export function normalKernel(machine: Machine): Implementation<NoInputs, DrawAttributes> {
  return {
    forward: (_, { stream, shape }) =>
      machine.call(() => {
        const { target, count, starts } = blocks(machine, stream, shape);
        run(machine, { target, count, starts, normal: 1 }, 40);
        return [machine.tensor(target, shape, shape.at(-1))];
      }),
    gradient: () => ({}),
  };
}

/** @param cost of a number, in multiply-adds */
function run(
  machine: Machine,
  args: TaskArguments<"draws"> & { readonly count: number },
  cost: number,
): void {
  const count = Math.ceil(args.count / SEGMENT);
  machine.run("draws", args, { count, grain: 1, unit: 1, cost: cost * SEGMENT });
}

/** A block for the draws, and where the segments of the next block of the stream start. */
function blocks(machine: Machine, stream: RandomStream, shape: readonly number[]) {
  const size = shape.reduce((product, n) => product * n, 1);
  const count = 4 * Math.ceil(size / 4);
  const words = stream.block().starts(count);
  const starts = machine.block(words.length);
  machine.integers(starts, words.length).set(words);
  const target: Address = machine.block(count);
  return { target, count, starts };
}
