import { scalar, type Tensor } from "@tensorflow/tfjs-core";
import { fromSlopes } from "../../ops/slopes";
import type { Machine } from "./machine";
import { numberOf, scaled } from "./scaled";

type Numbers<Name extends string> = Readonly<Record<Name, Float32Array>>;

/** Computes a scalar from inputs, and writes its slopes by some of them. */
export type Sum<Input extends string, Variable extends Input> = (
  inputs: Numbers<Input>,
  slopes: Numbers<Variable>,
  shape: readonly number[],
) => number;

/**
 * Forward and gradient of an operation that saves the slopes of a scalar.
 * @param variables inputs with gradients; the sum is told the shape of the first
 */
export function slopesKernel<Input extends string, Variable extends Input>(
  machine: Machine,
  variables: readonly Variable[],
  sum: Sum<Input, Variable>,
) {
  return {
    forward: (inputs: Readonly<Record<Input, Tensor>>): Tensor[] =>
      machine.call(() => {
        const names = Object.keys(inputs) as Input[];
        const sources = names.map((name) => machine.flat(inputs[name]));
        const targets = variables.map((name) => machine.block(inputs[name].size));
        const views = <Name extends Input>(of: readonly Name[], addresses: readonly number[]) =>
          Object.fromEntries(
            of.map((name, i) => [name, machine.numbers(addresses[i]!, inputs[name].size)]),
          ) as Record<Name, Float32Array>;
        const value = sum(views(names, sources), views(variables, targets), inputs[variables[0]!].shape);
        const slopes = variables.map((name, i) =>
          machine.tensor(targets[i]!, inputs[name].shape, inputs[name].shape.at(-1)),
        );
        return [scalar(value), ...slopes];
      }),
    gradient: ([dy]: readonly (Tensor | null)[], _: unknown, [, ...slopes]: readonly Tensor[]) => {
      const factor = numberOf(dy!);
      return fromSlopes(variables, slopes, (slope) => scaled(machine, slope, factor));
    },
  };
}
