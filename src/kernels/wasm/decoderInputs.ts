import type { Tensor } from "@tensorflow/tfjs-core";
import type { DecoderInputs } from "../../ops/decoderSequence";
import { TRIALS } from "./gruSequence";
import { bits, type Machine, padded } from "./machine";

/** Inputs by name. */
export type DecoderTensors = DecoderInputs & Record<string, Tensor>;

type Part = "inputs" | "con" | "outputs" | "external" | "gen" | "factors";

/** Widths of everything, and what they are padded to. */
export function sizes(inputs: DecoderTensors) {
  const [bins, batch, width] = inputs.controllerInput.shape as [number, number, number];
  const widths: Record<Part, number> = {
    inputs: width,
    con: inputs.con0.shape[1]!,
    outputs: inputs.coWeight.shape[0]! / 2,
    external: inputs.externalInputs?.shape[2] ?? 0,
    gen: inputs.gen0.shape[1]!,
    factors: inputs.factor0.shape[1]!,
  };
  const columns = Object.fromEntries(
    Object.entries(widths).map(([part, n]) => [part, padded(n)]),
  ) as typeof widths;
  const scratch = 2 * TRIALS * Math.max(columns.con, columns.gen, columns.factors);
  const { con, gen, outputs, external, factors } = columns;
  const controller = con * (3 * (columns.inputs + factors + con) + 2 * outputs);
  const cost = bins * (controller + gen * (3 * (outputs + external + gen) + factors));
  return { bins, batch, widths, columns, scratch, cost };
}

/** The parts of the weights by what they act on. */
export function inputWeights(inputs: DecoderTensors) {
  const { widths } = sizes(inputs);
  const [con, gen] = [inputs.conWeightIh, inputs.genWeightIh];
  return {
    conInput: { weight: con, blocks: 3, width: widths.inputs },
    conFactors: { weight: con, blocks: 3, from: widths.inputs },
    genOutput: { weight: gen, blocks: 3, width: widths.outputs },
    genExternal: { weight: gen, blocks: 3, from: widths.outputs },
  };
}

/** The arguments that the loop and its gradient share. */
export function data(machine: Machine, inputs: DecoderTensors, clip: number) {
  const { bins, batch, columns } = sizes(inputs);
  const { noise, externalInputs, factorMask, generatorMask } = inputs;
  return {
    ...{ bins, batch, clip: bits(clip), ...columns },
    controllerInput: machine.matrix(inputs.controllerInput),
    ...(noise && { noise: machine.matrix(noise) }),
    ...(externalInputs && { externalInputs: machine.matrix(externalInputs) }),
    ...(factorMask && { factorMask: machine.matrix(factorMask) }),
    ...(generatorMask && { generatorMask: machine.matrix(generatorMask) }),
    con0: machine.matrix(inputs.con0),
    gen0: machine.matrix(inputs.gen0),
    factor0: machine.matrix(inputs.factor0),
  };
}
