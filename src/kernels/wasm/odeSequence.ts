import type { Tensor } from "@tensorflow/tfjs-core";
import type { Activation } from "../../ops/mlp";
import type { OdeSequence, OdeSequenceOptions } from "../../ops/odeSequence";
import { type Op, runOp } from "../../ops/op";
import type { Tableau } from "../../ops/tableau";
import type { Address } from "./exports";
import { fieldsOf, LAYOUTS } from "./layouts";
import { type Machine, padded } from "./machine";
import { productScratch, sumParts } from "./rowProduct";
import { packBias, packStraight, packTransposed, unpadWeight } from "./weights";

/** Trials at a time, see `assembly/odeSequence.ts`. */
const TRIALS = 24;
/** Parts, at most, that gradients of weights are summed in: as many for any number of threads. */
const PARTS = 32;

const ACTIVATIONS: Readonly<Record<Activation, number>> = { tanh: 0, relu: 1, softplus: 2 };

type Inputs = { readonly h0: Tensor; readonly x?: Tensor; readonly inputWeight?: Tensor } & Record<
  string,
  Tensor
>;
type Options = Required<OdeSequenceOptions>;

/**
 * The neural ODE of `ops/odeSequence.ts`. Saved for the gradient: the state after each step. Slopes and layers are computed again, in
 * the nearest cache: memory for them would be hundreds of times as much.
 */
export function odeSequenceKernel(machine: Machine): OdeSequence {
  const op: Op<Inputs, Options> = {
    name: "LfadsOdeSequence",
    results: 1,
    outputs: 2,
    forward: (inputs, options, recording) =>
      machine.call(() => {
        const plan = planOf(inputs, options);
        const { bins, batch, size, steps } = plan.shape;
        const path = machine.block(bins * steps * batch * size);
        machine.run(
          "odeSequence",
          { ...place(machine, inputs, options, plan), path },
          { count: batch, grain: TRIALS, unit: 6, cost: plan.cost, scratch: plan.scratch },
        );
        const states = machine.block(bins * batch * size);
        const row = batch * size;
        machine.copyRows(states, 4 * row, row, path + 4 * (steps - 1) * row, 4 * steps * row, row, bins);
        const result = machine.tensor(states, [bins, batch, inputs.h0.shape[1]!]);
        return recording ? [result, machine.holder([path])] : [result];
      }),

    gradient([dStates], inputs, [, saved], options) {
      const { h0, x, inputWeight } = inputs;
      const d = machine.call(() => {
        const plan = planOf(inputs, options);
        const { batch, size, inputs: width } = plan.shape;
        const parts = Math.min(PARTS, Math.ceil(batch / TRIALS));
        const dWeights = machine.block(parts * plan.weights);
        const dH0 = machine.block(batch * size);
        const dX = x && machine.block(plan.shape.bins * batch * width);
        machine.run(
          "odeSequenceGradient",
          {
            ...place(machine, inputs, options, plan),
            path: machine.held(saved!)[0]!,
            dStates: machine.matrix(dStates!),
            dH0,
            ...(dX && { dX }),
            ...{ parts, dWeights, dWeightsStep: 4 * plan.weights },
          },
          { count: parts, grain: 1, unit: 1, cost: (3 * plan.cost * batch) / parts, scratch: plan.scratch },
        );
        sumParts(machine, dWeights, parts, plan.weights);
        const weight = (at: number, { shape }: Tensor) => {
          const [units, width] = shape as [number, number];
          const part = { columns: padded(width), width };
          return unpadWeight(machine, dWeights + at, [part], [part], { blocks: 1, units });
        };
        return {
          h0: machine.tensor(dH0, h0.shape),
          ...(dX && { x: machine.tensor(dX, x.shape), inputWeight: weight(plan.dInputWeight, inputWeight!) }),
          ...Object.fromEntries(
            plan.layers.flatMap(({ dWeight, dBias }, i) => {
              const bias = inputs[`bias${i}`]!;
              return [
                [`weight${i}`, weight(dWeight, inputs[`weight${i}`]!)],
                [`bias${i}`, machine.columns(dWeights + dBias, padded(bias.size), bias.shape)],
              ];
            }),
          ),
        } as Record<string, Tensor>;
      });
      const thunks = Object.keys(inputs).map((name) => [name, () => d[name]!.clone()]);
      return Object.fromEntries(thunks) as { [Name in keyof Inputs]: () => Tensor };
    },
  };

  return (x, { weights, biases, inputWeight }, h0, options) =>
    runOp(
      op,
      {
        h0,
        ...(x && inputWeight && { x, inputWeight }),
        ...Object.fromEntries(weights.map((weight, i) => [`weight${i}`, weight])),
        ...Object.fromEntries(biases.map((bias, i) => [`bias${i}`, bias])),
      },
      options,
    )[0]!;
}

type Plan = ReturnType<typeof planOf>;

/** Sizes, and where everything goes in scratch memory and in the gradients of weights. */
function planOf({ h0, x, ...named }: Inputs, { bins, tableau, stepsPerBin, activation }: Options) {
  const batch = h0.shape[0]!;
  const stages = tableau.weights.length;
  const size = padded(h0.shape[1]!);
  const inputs = padded(x?.shape[2] ?? 0);
  const rows = stages * TRIALS;
  const [scratch, gradients] = [new Places(), new Places()];
  const count = Object.keys(named).filter((name) => name.startsWith("bias")).length;
  const layers = Array.from({ length: count }, (_, i) => {
    const [outputs, inputs] = named[`weight${i}`]!.shape.map(padded) as [number, number];
    return {
      ...{ inputs, outputs, y: scratch.take(rows * outputs), dSums: scratch.take(rows * outputs) },
      ...{ dWeight: gradients.take(outputs * inputs), dBias: gradients.take(outputs) },
    };
  });
  const first = layers[0]!.outputs;
  const widest = Math.max(inputs, ...layers.map((layer) => layer.inputs));
  const places = {
    states: scratch.take(rows * size),
    dStages: scratch.take(rows * size),
    sums: scratch.take(TRIALS * first),
    dSums: scratch.take(TRIALS * first),
    products: scratch.take(productScratch(widest)),
  };
  const dInputWeight = gradients.take(first * inputs);
  const evaluation = layers.reduce((sum, layer) => sum + layer.outputs * (layer.inputs + 8), 0);
  return {
    shape: { bins, batch, steps: stepsPerBin, stages, size, inputs, activation: ACTIVATIONS[activation] },
    ...{ layers, places, dInputWeight },
    scratch: scratch.end / 4,
    weights: gradients.end / 4,
    cost: bins * (first * inputs + stepsPerBin * stages * evaluation),
  };
}

/** Blocks of numbers one after the other; places in bytes. */
class Places {
  end = 0;

  take(count: number): number {
    const at = this.end;
    this.end += 4 * count;
    return at;
  }
}

/** What both directions need, in the memory. */
function place(
  machine: Machine,
  inputs: Inputs,
  options: Options,
  { shape, layers, places, dInputWeight }: Plan,
) {
  const { x, h0, inputWeight } = inputs;
  const fields = fieldsOf("MlpLayer");
  const words = LAYOUTS.MlpLayer.length;
  const packed = layers.map((layer, i) => {
    const part = { weight: inputs[`weight${i}`]!, blocks: 1 };
    return {
      ...layer,
      weight: packTransposed(machine, part),
      transposed: packStraight(machine, part),
      bias: packBias(machine, inputs[`bias${i}`]!, 1),
    };
  });
  const list = machine.block(layers.length * words);
  packed.forEach((layer, i) => {
    const values = machine.integers(list + 4 * i * words, words);
    for (const [field, at] of Object.entries(fields)) values[at] = layer[field as keyof typeof layer];
  });
  const part = inputWeight && { weight: inputWeight, blocks: 1 };
  return {
    ...{ ...shape, ...places, dInputWeight, layers: list, count: layers.length },
    coefficients: coefficients(machine, options),
    h0: machine.matrix(h0),
    ...(x && { x: machine.matrix(x) }),
    ...(part && {
      inputWeight: packTransposed(machine, part),
      inputTransposed: packStraight(machine, part),
    }),
  };
}

/** The tableau times the length of a step: a row for each stage, then that of the result. */
function coefficients(machine: Machine, { tableau, timeStep, stepsPerBin }: Options): Address {
  const rows: Tableau["stages"] = [[], ...tableau.stages, tableau.weights];
  const stages = tableau.weights.length;
  const address = machine.block(rows.length * stages);
  const values = machine.numbers(address, rows.length * stages);
  rows.forEach((row, i) => {
    for (let j = 0; j < stages; j++) values[i * stages + j] = ((row[j] ?? 0) * timeStep) / stepsPerBin;
  });
  return address;
}
