import type { Build } from "../src/kernels/wasm/builds";
import { TRIALS } from "../src/kernels/wasm/gruSequence";
import { loadMachine } from "../src/kernels/wasm/load";
import { padded } from "../src/kernels/wasm/machine";
import type { Workload } from "./workloads";

/**
 * Runs the library's matrix product at the shapes of a workload's cells, weights packed, each shape as often as it takes to make
 * up its share of the work.
 *
 * @returns a function that runs all of it once, and its floating-point operations
 */
export async function gemmOf(w: Workload, build: Build): Promise<{ run: () => void; flop: number }> {
  const machine = await loadMachine(build);
  const rows = Math.min(w.batch, TRIALS);
  const products = shapes(w).map(({ n, k, bins }) => {
    const [columns, depth] = [padded(n), padded(k)];
    const address = (count: number) => {
      const block = machine.block(count);
      machine.numbers(block, count).fill(0.01);
      return block;
    };
    const args = {
      ...{ y: address(rows * columns), n: columns, s: address(columns) },
      ...{ x: address(rows * depth), xStep: 4 * depth, k: depth, weight: address(depth * columns) },
    };
    return { args, bins, flop: 2 * bins * rows * n * k };
  });
  return {
    run() {
      for (const { args, bins } of products) {
        for (let t = 0; t < bins; t++) machine.run("linear", args, { count: rows, grain: rows, cost: 0 });
      }
    },
    flop: products.reduce((sum, { flop }) => sum + flop, 0),
  };
}

/** Columns and depth of the products in every bin. */
function shapes({ bins, channels, encoderUnits: e, generatorUnits: g, factors: f, controller: c }: Workload) {
  const gru = (inputs: number, units: number, times: number) => [
    ...(inputs > 0 ? [{ n: 3 * units, k: inputs, bins: times }] : []),
    { n: 3 * units, k: units, bins: times },
  ];
  return [
    ...gru(channels.encode, e, 2 * bins.encode),
    ...(c ? gru(channels.encode, c.encoderUnits, 2 * bins.encode) : []),
    ...(c ? gru(2 * c.encoderUnits + f, c.units, bins.reconstruct) : []),
    ...gru(0, g, bins.reconstruct),
    { n: f, k: g, bins: bins.reconstruct },
    { n: channels.reconstruct, k: f, bins: bins.reconstruct },
  ];
}
