import type { Tensor } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import type { PosteriorAttributes } from "../../ops/posterior";
import type { Machine } from "./machine";

/** The posterior of `ops/posterior.ts`, in double precision. */
export function posteriorKernel(machine: Machine): Implementation<{ both: Tensor }, PosteriorAttributes> {
  return {
    forward: ({ both }, { varianceMin }) =>
      machine.call(() => {
        const [rows, size] = [both.shape[0]!, both.shape[1]! / 2];
        const source = machine.flat(both);
        const targets = [machine.block(rows * size), machine.block(rows * size)] as const;
        const numbers = machine.numbers(source, both.size);
        const [mean, std] = targets.map((target) => machine.numbers(target, rows * size));
        for (let i = 0; i < rows * size; i++) {
          const j = place(i, size);
          mean![i] = numbers[j]!;
          std![i] = Math.sqrt(Math.exp(numbers[j + size]!) + varianceMin);
        }
        return targets.map((target) => machine.tensor(target, [rows, size], size));
      }),
    gradient: ([dMean, dStd], { both }, [, std]) => ({
      both: () =>
        machine.call(() => {
          const size = both.shape[1]! / 2;
          const [source, deviations] = [machine.flat(both), machine.flat(std!)];
          const [byMean, byStd] = [dMean, dStd].map((dy) =>
            dy ? machine.flat(dy) : machine.zeros(std!.size),
          );
          const target = machine.block(both.size);
          const [numbers, slopes] = [source, target].map((address) => machine.numbers(address, both.size));
          const [s, m, d] = [deviations, byMean!, byStd!].map((address) =>
            machine.numbers(address, std!.size),
          );
          for (let i = 0; i < std!.size; i++) {
            const j = place(i, size);
            slopes![j] = m![i]!;
            slopes![j + size] = (0.5 * d![i]! * Math.exp(numbers![j + size]!)) / s![i]!;
          }
          return machine.tensor(target, both.shape, 2 * size);
        }),
    }),
  };
}

/** Where the `i`-th mean is among rows of means and log-variances. */
function place(i: number, size: number): number {
  return i + Math.floor(i / size) * size;
}
