/** What a user's compiler accepts and refuses about parts of one's own; checked by `npm run types`, never run. */
import { add, type Tensor, tanh, zeros } from "@tensorflow/tfjs-core";
import {
  type AdamWState,
  type Augmentation,
  adamW,
  adaptiveTsit5,
  augment,
  type Batch,
  type Cell,
  ClippedGruCell,
  coordinatedDropout,
  type Draws,
  LFADS,
  MlpVectorField,
  NeuralOdeCell,
  nullPrior,
  type OdeSolver,
  type Parameters,
  type Prior,
  poisson,
  RandomStream,
  type Reconstruction,
  rungeKutta4,
  sampleNormal,
  spikeJitter,
  streamDraws,
  type VectorField,
} from "lfads";
import { expectTypeOf } from "vitest";

const bins = 4;
const channels = 3;

const cell: Cell = {
  inputSize: 2,
  stateSize: 3,
  recurrentKernels: ["weight"],
  init: () => ({ weight: zeros([3, 3]) }),
  step: (parameters, input, state) => {
    expectTypeOf(parameters).toEqualTypeOf<Parameters>();
    expectTypeOf(input).toEqualTypeOf<Tensor | null>();
    return input ? tanh(add(input, state)) : state;
  },
};
expectTypeOf<ClippedGruCell>().toExtend<Cell>();
expectTypeOf<NeuralOdeCell>().toExtend<Cell>();
new LFADS({ bins, channels, generator: { units: 5, cell: () => cell } });
new LFADS({
  bins,
  channels,
  generator: { cell: (inputSize) => new ClippedGruCell({ inputSize, stateSize: 3 }) },
});
// @ts-expect-error a maker of cells, for it is told the sizes
new LFADS({ bins, channels, generator: { cell } });
// @ts-expect-error a step gives a state
({ ...cell, step: () => null }) satisfies Cell;
// @ts-expect-error no sizes
({ recurrentKernels: [], init: cell.init, step: cell.step }) satisfies Cell;

const field: VectorField = {
  inputSize: 2,
  stateSize: 3,
  recurrentKernels: [],
  init: () => ({}),
  derivative: (_, __, state) => tanh(state),
};
const solver: OdeSolver = { name: "mine", order: 1, step: (derivative, state) => derivative(state) };
expectTypeOf<MlpVectorField>().toExtend<VectorField>();
expectTypeOf(rungeKutta4).toExtend<OdeSolver>();
expectTypeOf(adaptiveTsit5()).toExtend<OdeSolver>();
new NeuralOdeCell({ field, solver });
new NeuralOdeCell({ field: new MlpVectorField({ stateSize: 3, widths: [8] }), solver: adaptiveTsit5() });
// @ts-expect-error a solver is an object
new NeuralOdeCell({ field, solver: "euler" });
// @ts-expect-error a solver has an order
({ name: "mine", step: solver.step }) satisfies OdeSolver;
// @ts-expect-error no such activation
new MlpVectorField({ stateSize: 3, activation: "sine" });

const scale: Augmentation = (batch, draws) => {
  expectTypeOf(draws).toEqualTypeOf<Draws>();
  return { ...batch, encode: add(batch.encode, batch.encode) };
};
declare const batch: Batch;
const draws = streamDraws(RandomStream.fromSeed(1));
expectTypeOf(
  augment(batch, [scale, coordinatedDropout({ rate: 0.1 }), spikeJitter()], draws),
).toEqualTypeOf<Batch>();
expectTypeOf(coordinatedDropout).returns.toEqualTypeOf<Augmentation>();
// @ts-expect-error no rate
coordinatedDropout({});
// @ts-expect-error not a number
coordinatedDropout({ rate: "0.1" });
// @ts-expect-error chance is an argument
scale(batch);
// @ts-expect-error a batch is left as it is
batch.encode = zeros([1]);

expectTypeOf(nullPrior()).toEqualTypeOf<Prior>();
expectTypeOf(poisson()).toEqualTypeOf<Reconstruction>();
new LFADS({ bins, channels, reconstruction: { ...poisson(), mean: (readout) => readout } });
// @ts-expect-error a prior also scores
({ frozen: [], init: () => ({}), noise: () => zeros([1]) }) satisfies Prior;
expectTypeOf(adamW().init).returns.toEqualTypeOf<AdamWState>();
// @ts-expect-error a stream comes first
sampleNormal(3);
// @ts-expect-error streams are made from seeds
new RandomStream();
