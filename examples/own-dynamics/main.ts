/**
 * A vector field and a solver of one's own in the place of the multilayer perceptron and the Runge-Kutta method of a neural ODE.
 *
 *   npx tsx examples/own-dynamics/main.ts [--epochs 60] [--trials 10] [--seed 0]
 */
import { parseArgs } from "node:util";
import {
  fit,
  infer,
  LFADS,
  MlpVectorField,
  NeuralOdeCell,
  type OdeSolver,
  r2Score,
  rungeKutta4,
  simulateLorenz,
  type VectorField,
} from "lfads";
import { progressBar } from "lfads/node";
import { useWasm } from "../shared/backend";
import { number, printTable } from "../shared/table";
import { RateNetwork } from "./field";
import { heun } from "./solver";

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
  ...{ bins: 20, binSeconds: 0.02, timeStep: 0.02, meanRate: 10 },
  seed,
});
const [, bins, channels] = dataset.train.encode.shape as [number, number, number];

const stateSize = 8;
const dynamics: readonly { label: string; field: VectorField; solver: OdeSolver }[] = [
  { label: "perceptron", field: new MlpVectorField({ stateSize, widths: [32] }), solver: rungeKutta4 },
  { label: "own field and solver", field: new RateNetwork(stateSize), solver: heun },
];
const rows = [["dynamics", "R2 of rates"]];
for (const { label, field, solver } of dynamics) {
  console.log(`${label} ...`);
  const model = new LFADS({
    ...{ channels, bins, controller: false, variational: false, factors: 3, seed },
    initialCondition: { encoderUnits: 32, size: 16 },
    generator: { cell: () => new NeuralOdeCell({ field, solver, timeStep: 0.1 }) },
  });
  const bar = progressBar();
  await fit(model, dataset, {
    hyperparameters: { learningRate: 2e-2, dropout: 0.05, l2Generator: 0 },
    ...{ batchSize: 32, epochs: Number(values.epochs), seed },
    onProgress: bar.onProgress,
  });
  bar.stop();
  const { rates } = await infer(model, dataset.valid);
  rows.push([label, number(r2Score(rates, dataset.valid.truth!))]);
  model.dispose();
}
console.log();
printTable(rows);
