import type { Implementation } from "../../ops/op";
import { type DecoderTensors, data, inputWeights, sizes } from "./decoderInputs";
import { decoderSequenceGradient } from "./decoderSequenceGradient";
import type { Address } from "./exports";
import { TRIALS } from "./gruSequence";
import type { Machine } from "./machine";
import { packBias, packTransposed } from "./weights";

/**
 * The decoder loop of `ops/decoderSequence.ts`. Saved for the gradient: gates and posterior, beside the states that are
 * results.
 */
export function decoderSequenceKernel(machine: Machine): Implementation<DecoderTensors, { clip: number }> {
  return {
    forward: (inputs, { clip }, recording) =>
      machine.call(() => {
        const { bins, batch, widths, columns, scratch, cost } = sizes(inputs);
        const { conInput, conFactors, genOutput, genExternal } = inputWeights(inputs);
        const matrix = (width: number) => machine.block(bins * batch * width);
        const gates = (units: number) => machine.block((recording ? bins : 1) * batch * 3 * units);
        const gatesStep = (units: number) => (recording ? 12 * batch * units : 0);
        const states = {
          factorStates: matrix(columns.factors),
          posterior: matrix(2 * columns.outputs),
          output: matrix(columns.outputs),
          genStates: matrix(columns.gen),
          conStates: matrix(columns.con),
          conGates: gates(columns.con),
          genGates: gates(columns.gen),
        };
        machine.run(
          "decoderSequence",
          {
            ...data(machine, inputs, clip),
            conInput: packTransposed(machine, conInput),
            conFactors: packTransposed(machine, conFactors),
            conRecurrent: packTransposed(machine, { weight: inputs.conWeightHh, blocks: 3 }),
            conBias: packBias(machine, inputs.conBias, 3),
            coWeight: packTransposed(machine, { weight: inputs.coWeight, blocks: 2 }),
            coBias: packBias(machine, inputs.coBias, 2),
            genOutput: packTransposed(machine, genOutput),
            ...(inputs.externalInputs && { genExternal: packTransposed(machine, genExternal) }),
            genRecurrent: packTransposed(machine, { weight: inputs.genWeightHh, blocks: 3 }),
            genBias: packBias(machine, inputs.genBias, 3),
            facWeight: packTransposed(machine, { weight: inputs.facWeight, blocks: 1 }),
            ...states,
            conGatesStep: gatesStep(columns.con),
            genGatesStep: gatesStep(columns.gen),
          },
          { count: batch, grain: TRIALS, cost, scratch },
        );
        const half = (address: Address) =>
          machine.columns(address, 2 * columns.outputs, [bins, batch, widths.outputs]);
        const results = [
          machine.tensor(states.factorStates, [bins, batch, widths.factors]),
          half(states.posterior),
          half(states.posterior + 4 * columns.outputs),
          machine.tensor(states.output, [bins, batch, widths.outputs]),
          machine.tensor(states.genStates, [bins, batch, widths.gen]),
          machine.tensor(states.conStates, [bins, batch, widths.con]),
        ];
        if (!recording) return results;
        return [...results, machine.holder([states.conGates, states.genGates, states.posterior])];
      }),
    gradient: (dys, inputs, outputs, { clip }) =>
      decoderSequenceGradient(machine, dys, inputs, outputs, clip),
  };
}
