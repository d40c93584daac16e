import { concat, reshape, slice, type Tensor, tensor, transpose, zeros } from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import {
  BidirectionalGruLayer,
  ClippedGruCellLayer,
  ControllerCellLayer,
  ControllerInputEncoderLayer,
  DecoderLayer,
  FactorsLayer,
  InitialConditionEncoderLayer,
  LinearLayer,
  type ModuleCell,
  type ModuleLayer,
} from "../../src/layers";
import {
  BidirectionalGru,
  ClippedGruCell,
  Controller,
  ControllerInputEncoder,
  Decoder,
  Factors,
  InitialConditionEncoder,
  Linear,
  type Parameters,
  parameter,
} from "../../src/modules";
import { normal, RandomStream } from "../../src/random";

/** A layer, the module that it adapts and what to feed it. */
export interface Adapter {
  readonly name: string;
  /** A new layer; the one whose parameters are looked at is itself or its cell. */
  make(): layers.Layer;
  /** Shapes of the inputs without the trials. */
  readonly inputs: readonly (readonly number[])[];
  readonly module: { init(stream: RandomStream): Parameters };
  /** The module's outputs for batch-major inputs. */
  expected(parameters: Parameters, inputs: readonly Tensor[]): Tensor[];
}

const trials = 3;
const bins = 5;
const swap = (x: Tensor) => transpose(x, [1, 0, 2]);

/** Inputs of an adapter, batch-major. */
export function inputsOf({ inputs, name }: Adapter, count = trials): Tensor[] {
  return inputs.map((shape, i) => {
    const full = [count, ...shape];
    const size = full.reduce((product, n) => product * n, 1);
    return tensor(normal(RandomStream.fromSeed(name).fork(i), size), full);
  });
}

/** The layer that owns the parameters. */
export function owner(layer: layers.Layer): ModuleLayer | ModuleCell {
  return (layer instanceof layers.RNN ? layer.cell : layer) as ModuleLayer | ModuleCell;
}

/** A cell's outputs over all bins. */
function unroll(
  x: Tensor,
  width: number,
  step: (x: Tensor, state: Tensor) => { state: Tensor; output: Tensor },
): Tensor {
  const [count, length, channels] = x.shape as [number, number, number];
  let state: Tensor = zeros([count, width]);
  const outputs: Tensor[] = [];
  for (let t = 0; t < length; t++) {
    const next = step(reshape(slice(x, [0, t, 0], [count, 1, channels]), [count, channels]), state);
    state = next.state;
    outputs.push(reshape(next.output, [count, 1, -1]));
  }
  return concat(outputs, 1);
}

const gru = new BidirectionalGru({ inputSize: 4, units: 3, clip: 0.5 });
const gruModule = {
  init: (stream: RandomStream) => ({ h0: zeros([2, 1, 3]), ...gru.init(stream) }),
};
const cell = new ClippedGruCell({ inputSize: 4, stateSize: 3, clip: 0.4 });
const controller = new Controller(new ClippedGruCell({ inputSize: 4, stateSize: 3 }), 2);
const icEncoder = new InitialConditionEncoder({ inputSize: 4, units: 3, outputs: 2, varianceMin: 0.01 });
const ciEncoder = new ControllerInputEncoder({ inputSize: 4, units: 3, lag: 2 });
const linear = new Linear(4, 6);
const factors = new Factors(4, 2);
const driven = new Decoder({
  initialCondition: 2,
  factors: 3,
  generator: new ClippedGruCell({ inputSize: 4, stateSize: 5 }),
  controller: new Controller(new ClippedGruCell({ inputSize: 6 + 3, stateSize: 4 }), 2),
});
const autonomous = new Decoder({
  initialCondition: 2,
  factors: 3,
  generator: new ClippedGruCell({ inputSize: 0, stateSize: 5, clip: Infinity }),
});
const external = new Decoder({
  initialCondition: 2,
  factors: 3,
  generator: new ClippedGruCell({ inputSize: 2, stateSize: 5 }),
});

export const adapters: readonly Adapter[] = [
  {
    name: "ClippedGruCellLayer",
    make: () =>
      layers.rnn({ cell: new ClippedGruCellLayer({ units: 3, clip: 0.4, seed: 7 }), returnSequences: true }),
    inputs: [[bins, 4]],
    module: cell,
    expected: (p, [x]) => [
      unroll(x!, 3, (input, h) => {
        const state = cell.step(p, input, h);
        return { state, output: state };
      }),
    ],
  },
  {
    name: "ControllerCellLayer",
    make: () =>
      layers.rnn({ cell: new ControllerCellLayer({ units: 3, outputs: 2, seed: 7 }), returnSequences: true }),
    inputs: [[bins, 4]],
    module: controller,
    expected: (p, [x]) => [
      unroll(x!, 3, (input, h) => {
        const { state, posterior } = controller.step(p, input, h);
        return { state, output: concat([posterior.mean, posterior.std], 1) };
      }),
    ],
  },
  {
    name: "BidirectionalGruLayer",
    make: () => new BidirectionalGruLayer({ units: 3, clip: 0.5, seed: 7 }),
    inputs: [[bins, 4]],
    module: gruModule,
    expected: (p, [x]) => [gru.apply(p, swap(x!), parameter(p, "h0")).final],
  },
  {
    name: "BidirectionalGruLayer with returnSequences",
    make: () => new BidirectionalGruLayer({ units: 3, clip: 0.5, returnSequences: true, seed: 7 }),
    inputs: [[bins, 4]],
    module: gruModule,
    expected(p, [x]) {
      const { forward, backward } = gru.apply(p, swap(x!), parameter(p, "h0"));
      return [swap(concat([forward, backward], 2))];
    },
  },
  {
    name: "InitialConditionEncoderLayer",
    make: () => new InitialConditionEncoderLayer({ units: 3, outputs: 2, varianceMin: 0.01, seed: 7 }),
    inputs: [[bins, 4]],
    module: icEncoder,
    expected(p, [x]) {
      const { mean, std } = icEncoder.apply(p, swap(x!));
      return [mean, std];
    },
  },
  {
    name: "ControllerInputEncoderLayer",
    make: () => new ControllerInputEncoderLayer({ units: 3, lag: 2, seed: 7 }),
    inputs: [[bins, 4]],
    module: ciEncoder,
    expected: (p, [x]) => [swap(ciEncoder.apply(p, swap(x!)))],
  },
  {
    name: "LinearLayer",
    make: () => new LinearLayer({ outputs: 6, seed: 7 }),
    inputs: [[bins, 4]],
    module: linear,
    expected: (p, [x]) => [linear.apply(p, x!)],
  },
  {
    name: "FactorsLayer",
    make: () => new FactorsLayer({ outputs: 2, seed: 7 }),
    inputs: [[bins, 4]],
    module: factors,
    expected: (p, [x]) => [factors.apply(p, x!)],
  },
  {
    name: "DecoderLayer with controller and external inputs",
    make: () => new DecoderLayer({ units: 5, factors: 3, controller: { units: 4, outputs: 2 }, seed: 7 }),
    inputs: [[2], [bins, 6], [bins, 2]],
    module: driven,
    expected(p, [initialCondition, controllerInput, externalInputs]) {
      const output = driven.apply(p, {
        initialCondition: initialCondition!,
        bins,
        controllerInput: swap(controllerInput!),
        externalInputs: swap(externalInputs!),
      });
      return [output.factors, output.controllerOutput!.mean, output.controllerOutput!.std].map(swap);
    },
  },
  {
    name: "autonomous DecoderLayer",
    make: () => new DecoderLayer({ units: 5, factors: 3, bins, clip: null, seed: 7 }),
    inputs: [[2]],
    module: autonomous,
    expected: (p, [initialCondition]) => [
      swap(autonomous.apply(p, { initialCondition: initialCondition!, bins }).factors),
    ],
  },
  {
    name: "DecoderLayer with external inputs only",
    make: () => new DecoderLayer({ units: 5, factors: 3, seed: 7 }),
    inputs: [[2], [bins, 2]],
    module: external,
    expected: (p, [initialCondition, inputs]) => [
      swap(
        external.apply(p, { initialCondition: initialCondition!, bins, externalInputs: swap(inputs!) })
          .factors,
      ),
    ],
  },
];
