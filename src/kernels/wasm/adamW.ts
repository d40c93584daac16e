import { scalar, type Tensor } from "@tensorflow/tfjs-core";
import { type AdamWInputs, type AdamWRule, groups } from "../../ops/adamW";
import type { Implementation } from "../../ops/op";
import type { Address } from "./exports";
import { bits, type Machine } from "./machine";

/** Numbers of a part. */
const GRAIN = 4096;

/** The update of `ops/adamW.ts`: one pass over the numbers of all tensors for their norm, one to update them. */
export function adamWKernel(machine: Machine): Implementation<AdamWInputs, AdamWRule> {
  return {
    forward: (inputs, { beta1, beta2, epsilon, rate, correction, decay, limit }) =>
      machine.call(() => {
        const { parameters, gradients, first, second } = groups(inputs);
        const size = parameters.reduce((sum, x) => sum + x.size, 0);
        const count = 4 * Math.ceil(size / 4);
        const parts = Math.ceil(count / GRAIN);
        const addresses = {
          parameters: join(machine, parameters, count),
          gradients: join(machine, gradients, count),
          first: join(machine, first, count),
          second: join(machine, second, count),
          sums: machine.block(2 * parts),
          ...{ count, grain: GRAIN },
        };
        const work = { count: parts, cost: 8 * GRAIN };
        machine.run("squareSums", addresses, work);
        const sums = new Float64Array(machine.arena.memory.buffer, addresses.sums, parts);
        // Too large for a float32 number, the norm is infinite, as it is when tensors compute it.
        const norm = Math.fround(Math.sqrt(Math.fround(sums.reduce((sum, part) => sum + part, 0))));
        machine.run(
          "adamW",
          {
            ...addresses,
            decay: bits(decay),
            factor: bits(clipFactor(norm, limit)),
            beta1: bits(beta1),
            rest1: bits(1 - beta1),
            beta2: bits(beta2),
            rest2: bits(1 - beta2),
            correction: bits(correction),
            epsilon: bits(epsilon),
            rate: bits(rate),
          },
          work,
        );
        return [
          scalar(norm),
          ...split(machine, addresses.parameters, parameters),
          ...split(machine, addresses.first, first),
          ...split(machine, addresses.second, second),
        ];
      }),
    gradient: () => ({}),
  };
}

/** The numbers of tensors one after the other, filled up with zeros. */
function join(machine: Machine, tensors: readonly Tensor[], count: number): Address {
  const address = machine.block(count);
  let end = 0;
  for (const x of tensors) {
    machine.write(address + 4 * end, x);
    end += x.size;
  }
  machine.numbers(address + 4 * end, count - end).fill(0);
  return address;
}

/** Tensors of the shapes of others from {@link join}ed numbers. */
function split(machine: Machine, address: Address, like: readonly Tensor[]): Tensor[] {
  let start = address;
  return like.map(({ shape, size }) => {
    const x = machine.columns(start, shape.at(-1) ?? 1, shape);
    start += 4 * size;
    return x;
  });
}

/** That of `ops/globalNorm.ts`, in the same precision. NaN stays NaN. */
function clipFactor(norm: number, limit: number): number {
  if (limit === Number.POSITIVE_INFINITY) return 1;
  return Math.min(1, Math.fround(limit) / Math.fround(norm + Math.fround(1e-6)));
}
