import { reshape, type Tensor } from "@tensorflow/tfjs-core";
import type { GruInputs, SequenceAttributes } from "../../ops/gruSequence";
import type { Implementation } from "../../ops/op";
import type { Address } from "./exports";
import { multiply } from "./linear";
import { bits, type Machine, padded } from "./machine";
import { cellGradient, productGradients, sparseGradient } from "./productGradient";
import { packBias, packRecurrentGradient, packStraight, packTransposed } from "./weights";

/** Trials at a time. */
export const TRIALS = 48;

/** Share of entries that are not zero from which on the dense product is the faster one. */
const DENSE = 0.4;
/** Bins that are looked at, spread evenly, and numbers of each at most. */
const BINS = 16;
const SAMPLE = 2 ** 13;

/** The GRU sequence of `ops/gruSequence.ts`. Saved for the gradient: the gates, beside the states that are its result. */
export function gruSequenceKernel(
  machine: Machine,
): Implementation<GruInputs & Record<string, Tensor>, SequenceAttributes> {
  return {
    forward: (inputs, attributes, recording) =>
      machine.call(() => {
        const { x, weightIh, weightHh, bias, h0 } = inputs;
        const { bins } = attributes;
        const { batch, units, columns, inputColumns, shape, cost } = sizes(inputs, attributes);
        const states = machine.block(bins * batch * columns);
        const gates = machine.block((recording ? bins : 1) * batch * 3 * columns);
        const input = x && machine.matrix(x);
        machine.run(
          "gruSequence",
          {
            ...shape,
            ...(x && { x: input, sparse: Number(isSparse(machine, input!, x)) }),
            ...(weightIh && { weightIh: packTransposed(machine, { weight: weightIh, blocks: 3 }) }),
            weightHh: packTransposed(machine, { weight: weightHh, blocks: 3 }),
            bias: packBias(machine, bias, 3),
            h0: machine.matrix(h0),
            states,
            gates,
            gatesStep: recording ? 12 * batch * columns : 0,
          },
          {
            count: batch,
            grain: TRIALS,
            cost,
            scratch: Math.max(TRIALS * columns, 2 * inputColumns),
          },
        );
        const result = machine.tensor(states, [bins, batch, units]);
        return recording ? [result, machine.holder([gates])] : [result];
      }),

    gradient([dStates], inputs, [states, saved], attributes) {
      const { x, weightIh, weightHh, h0 } = inputs;
      const { bins, reverse } = attributes;
      const { batch, units, columns, inputColumns, shape, cost } = sizes(inputs, attributes);
      const rows = bins * batch;
      const d = machine.call(() => {
        const gates = { address: machine.held(saved!)[0]!, columns: 3 * columns };
        const dGates = { address: machine.block(3 * rows * columns), columns: 3 * columns };
        const dH0 = machine.zeros(batch * columns);
        const first = { address: machine.matrix(h0), columns };
        const h = { address: machine.matrix(states!), columns, width: units, first };
        machine.run(
          "gruSequenceGradient",
          {
            ...shape,
            weightHh: packRecurrentGradient(machine, weightHh),
            h0: first.address,
            states: h.address,
            gates: gates.address,
            dStates: machine.matrix(dStates!),
            dGates: dGates.address,
            dH0,
          },
          { count: batch, grain: TRIALS, cost, scratch: TRIALS * columns },
        );
        const input = x && { address: machine.matrix(x), columns: inputColumns, width: x.shape[2]! };
        const few = x && isSparse(machine, input!.address, x);
        const dense = input && !few ? [input] : [];
        const steps = { bins, batch, reverse };
        return {
          ...productGradients(machine, steps, { cell: cellGradient(machine, { dGates, gates }, dense, h) })
            .cell,
          ...(few && { weightIh: sparseGradient(machine, steps, dGates, input!, { blocks: 3, units }) }),
          h0: machine.tensor(dH0, h0.shape),
          gates: machine.holder([dGates.address]),
        };
      });
      return {
        x: () =>
          machine.call(() => {
            const dGates = { address: machine.held(d.gates)[0]!, columns: 3 * columns };
            const panels = packStraight(machine, { weight: weightIh!, blocks: 3 });
            return machine.tensor(multiply(machine, dGates, panels, { rows, n: inputColumns }), x!.shape);
          }),
        weightIh: () => d.weightIh.clone(),
        weightHh: () => d.weightHh.clone(),
        bias: () => reshape(d.bias, [3 * units]),
        h0: () => d.h0.clone(),
      };
    },
  };
}

/** Inputs that have been looked at, by their data. */
const sparse = new WeakMap<object, boolean>();

function isSparse(machine: Machine, address: Address, { dataId, shape }: Tensor): boolean {
  const [bins, batch, width] = shape as [number, number, number];
  const known = sparse.get(dataId);
  if (known !== undefined) return known;
  const columns = padded(width);
  const rows = Math.min(batch, Math.ceil(SAMPLE / columns));
  const looked = Math.min(bins, BINS);
  let entries = 0;
  for (let i = 0; i < looked; i++) {
    const row = Math.floor((i * bins) / looked) * batch;
    entries += machine.exports.countNonZero(address + 4 * row * columns, rows * columns);
  }
  const few = entries < DENSE * looked * rows * width;
  sparse.set(dataId, few);
  return few;
}

function sizes({ x, h0 }: GruInputs, { bins, clip, reverse }: SequenceAttributes) {
  const [batch, units] = h0.shape as [number, number];
  const [columns, inputColumns] = [padded(units), padded(x?.shape[2] ?? 0)];
  const shape = {
    bins,
    batch,
    inputs: inputColumns,
    units: columns,
    reverse: Number(reverse),
    clip: bits(clip),
  };
  const cost = 3 * bins * columns * (inputColumns + columns);
  return { batch, units, columns, inputColumns, shape, cost };
}
