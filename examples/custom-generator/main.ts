/**
 * A generator of one's own, a leaky rate network, in the place of the GRU. Any cell will do whose step is made of tensor
 * operations that have gradients.
 *
 *   npx tsx examples/custom-generator/main.ts [--epochs 60] [--trials 10] [--seed 0]
 */
import { parseArgs } from "node:util";
import { add, mul, sub, type Tensor, tanh, tensor, zeros } from "@tensorflow/tfjs-core";
import {
  type Cell,
  fit,
  infer,
  LFADS,
  linear,
  type Parameters,
  type RandomStream,
  r2Score,
  sampleNormal,
  simulateLorenz,
} from "lfads";
import { progressBar } from "lfads/node";
import { useWasm } from "../shared/backend";
import { number, printTable } from "../shared/table";

/** `h' = h + rate * (tanh(W h + V u + b) - h)` */
class LeakyCell implements Cell {
  readonly recurrentKernels = ["weight_hh"];

  constructor(
    readonly inputSize: number,
    readonly stateSize: number,
    readonly rate = 0.2,
  ) {}

  init(stream: RandomStream): Parameters {
    const n = this.stateSize;
    const weights = (name: string, width: number) =>
      tensor(sampleNormal(stream.fork(name), n * width, 0, 1.2 / Math.sqrt(width)), [n, width]);
    return {
      weight_hh: weights("weight_hh", n),
      ...(this.inputSize > 0 && { weight_ih: weights("weight_ih", this.inputSize) }),
      bias: zeros([n]),
    };
  }

  step(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor {
    const recurrent = linear(state, parameters.weight_hh!, parameters.bias!);
    const drive = input ? add(recurrent, linear(input, parameters.weight_ih!)) : recurrent;
    return add(state, mul(this.rate, sub(tanh(drive), state)));
  }
}

const { values } = parseArgs({
  options: {
    epochs: { type: "string", default: "60" },
    trials: { type: "string", default: "10" },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);

await useWasm();
const dataset = simulateLorenz({
  conditions: 40,
  trialsPerCondition: Number(values.trials),
  bins: 40,
  binSeconds: 0.02,
  timeStep: 0.02,
  meanRate: 10,
  seed,
});
const [, bins, channels] = dataset.train.encode.shape as [number, number, number];
const rows = [["generator", "R2 of rates"]];
const generators = [
  { label: "GRU", generator: { units: 64 } },
  { label: "leaky network", generator: { cell: (inputSize: number) => new LeakyCell(inputSize, 64) } },
];
for (const { label, generator } of generators) {
  console.log(`${label} ...`);
  const model = new LFADS({
    channels,
    bins,
    controller: false,
    initialCondition: { encoderUnits: 48, size: 32 },
    generator,
    factors: 3,
    seed,
  });
  const bar = progressBar();
  await fit(model, dataset, {
    hyperparameters: { learningRate: 5e-3, dropout: 0.05, l2Generator: 1e-3 },
    batchSize: 64,
    epochs: Number(values.epochs),
    klRamp: { increase: 20 },
    l2Ramp: { increase: 20 },
    seed,
    onProgress: bar.onProgress,
  });
  bar.stop();
  const { rates } = await infer(model, dataset.valid);
  rows.push([label, number(r2Score(rates, dataset.valid.truth!))]);
  model.dispose();
}
console.log();
printTable(rows);
