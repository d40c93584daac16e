import { mul, reshape, scalar, type Tensor } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import { constants, type PoissonLossInputs } from "../../ops/poissonLoss";
import { multiply } from "./linear";
import { type Machine, padded } from "./machine";
import { affineGradient, productGradients } from "./productGradient";
import { packBias, packStraight, packTransposed } from "./weights";

/** Rows at a time. */
const GRAIN = 96;

/** Stirling's approximation of log k!, as in `ops/stirling.ts`. */
const LOG_FACTORIALS = Float32Array.from({ length: 256 }, (_, k) =>
  k > 1 ? k * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI * k) : 0,
);

/** The loss of `ops/poissonLoss.ts`. Saved for the gradient: the slopes by log-rates. */
export function poissonLossKernel(
  machine: Machine,
): Implementation<PoissonLossInputs & Record<string, Tensor>, object> {
  return {
    forward: ({ factors, weight, bias, counts, lossWeight, gradientMask, heldOutWeight }, _, recording) =>
      machine.call(() => {
        const { rows, bins, batch, width, channels } = sizes(factors, weight);
        const columns = padded(channels);
        const slopes = recording ? machine.block(rows * columns) : 0;
        const table = machine.block(LOG_FACTORIALS.length);
        machine.numbers(table, LOG_FACTORIALS.length).set(LOG_FACTORIALS);
        const losses = machine.block(4 * rows);
        machine.run(
          "poissonLoss",
          {
            ...{ bins, batch, factors: padded(width), channels, columns },
            x: machine.matrix(factors),
            weight: packTransposed(machine, { weight, blocks: 1 }),
            bias: packBias(machine, bias, 1),
            counts: machine.flat(counts),
            ...(lossWeight && { lossWeight: machine.flat(lossWeight) }),
            ...(gradientMask && { gradientMask: machine.flat(gradientMask) }),
            ...(heldOutWeight && {
              heldOutWeight: machine.flat(heldOutWeight),
              heldBins: heldOutWeight.shape[1]!,
              heldChannels: heldOutWeight.shape[2]!,
            }),
            ...{ table, tableSize: LOG_FACTORIALS.length },
            ...{ slopes, slopesStep: recording ? 4 * columns : 0, losses },
          },
          {
            count: rows,
            grain: GRAIN,
            scratch: GRAIN * columns,
            cost: columns * (padded(width) + 16),
          },
        );
        const sums = [0, 0];
        machine.doubles(losses, 2 * rows).forEach((loss, i) => {
          sums[i % 2]! += loss;
        });
        const results = sums.map((sum) => scalar(sum));
        return recording ? [...results, machine.holder([slopes])] : results;
      }),

    gradient([given], { factors, weight }, [, , saved]) {
      const dTotal = given ?? scalar(0); // the other sum has no gradient
      const { rows, bins, batch, width, channels } = sizes(factors, weight);
      const columns = padded(channels);
      const [slopes] = machine.held(saved!);
      const a = { address: slopes!, columns };
      const d = machine.call(() =>
        productGradients(
          machine,
          { bins, batch },
          {
            readout: affineGradient(
              machine,
              a,
              { address: machine.matrix(factors), columns: padded(width), width },
              { blocks: 1, units: channels },
            ),
          },
        ),
      ).readout;
      return {
        factors: () => {
          const scaled = mul(weight, dTotal);
          return machine.call(() => {
            const panels = packStraight(machine, { weight: scaled, blocks: 1 });
            return machine.tensor(multiply(machine, a, panels, { rows, n: padded(width) }), factors.shape);
          });
        },
        weight: () => mul(d.weight, dTotal),
        bias: () => mul(reshape(d.bias, [channels]), dTotal),
        ...constants,
      };
    },
  };
}

function sizes(factors: Tensor, weight: Tensor) {
  const [bins, batch, width] = factors.shape as [number, number, number];
  return { rows: bins * batch, bins, batch, width, channels: weight.shape[0]! };
}
