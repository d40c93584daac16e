import { exp, mul, reshape, type Tensor } from "@tensorflow/tfjs-core";
import { statesBefore } from "../../ops/gruStep";
import { type DecoderTensors, data, inputWeights, sizes } from "./decoderInputs";
import { TRIALS } from "./gruSequence";
import { multiply } from "./linear";
import { type Machine, padded } from "./machine";
import { affineGradient, cellGradient, productGradients } from "./productGradient";
import type { Matrix, Operand } from "./rowProduct";
import { packRecurrentGradient, packStraight, type WeightPart } from "./weights";

/** Gradient of `decoderSequence.ts`: the loop backwards, then products over all bins and trials. */
export function decoderSequenceGradient(
  machine: Machine,
  dys: readonly (Tensor | null)[],
  inputs: DecoderTensors,
  outputs: readonly Tensor[],
  clip: number,
) {
  const { bins, batch, widths, columns, scratch, cost } = sizes(inputs);
  const { conInput, conFactors, genOutput, genExternal } = inputWeights(inputs);
  const { controllerInput, noise, externalInputs, factorMask, generatorMask } = inputs;
  const [factors, , logvar, output, gen, con, saved] = outputs as readonly [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const rows = bins * batch;
  const matrix = (x: Tensor): Matrix => ({ address: machine.matrix(x), columns: padded(x.shape.at(-1)!) });

  const d = machine.call(() => {
    const [conGates, genGates, posterior] = machine.held(saved);
    const own = (count: number, width: number): Matrix => ({
      address: machine.block(count * width),
      columns: width,
    });
    const zeros = (width: number): Matrix => ({ address: machine.zeros(batch * width), columns: width });
    // Starting from the gradients of the results, the loop adds what comes back through the bins.
    const start = (dy: Tensor | null | undefined, width: number): Matrix => ({
      address: dy ? machine.copy(dy) : machine.zeros(rows * width),
      columns: width,
    });
    const dFactors = start(dys[0], columns.factors);
    const dPosterior = {
      address: machine.sideBySide([dys[1] ?? null, dys[2] ?? null], rows, widths.outputs),
      columns: 2 * columns.outputs,
    };
    const dOutput = start(dys[3], columns.outputs);
    const dConGates = own(rows, 3 * columns.con);
    const dGenGates = own(rows, 3 * columns.gen);
    const [dCon0, dGen0, dFactor0] = [zeros(columns.con), zeros(columns.gen), zeros(columns.factors)];
    machine.run(
      "decoderSequenceGradient",
      {
        ...data(machine, inputs, clip),
        conFactors: packStraight(machine, conFactors),
        conRecurrent: packRecurrentGradient(machine, inputs.conWeightHh),
        coWeight: packStraight(machine, { weight: inputs.coWeight, blocks: 2 }),
        genOutput: packStraight(machine, genOutput),
        genRecurrent: packRecurrentGradient(machine, inputs.genWeightHh),
        facWeight: packStraight(machine, { weight: inputs.facWeight, blocks: 1 }),
        posterior: posterior!,
        output: machine.matrix(output),
        genStates: machine.matrix(gen),
        conStates: machine.matrix(con),
        conGates: conGates!,
        genGates: genGates!,
        dFactorStates: dFactors.address,
        dPosterior: dPosterior.address,
        dOutput: dOutput.address,
        ...(dys[4] && { dGenStates: machine.matrix(dys[4]) }),
        ...(dys[5] && { dConStates: machine.matrix(dys[5]) }),
        dConGates: dConGates.address,
        dGenGates: dGenGates.address,
        dCon0: dCon0.address,
        dGen0: dGen0.address,
        dFactor0: dFactor0.address,
      },
      { count: batch, grain: TRIALS, cost, scratch },
    );

    const operand = (x: Tensor, more: Partial<Operand> = {}) => ({
      ...matrix(x),
      width: x.shape.at(-1)!,
      ...more,
    });
    const sequence = (states: Tensor, first: Tensor, mask?: Tensor) =>
      operand(states, { first: matrix(first), factor: mask ? matrix(mask) : null });
    const read = operand(gen, { factor: generatorMask ? matrix(generatorMask) : null });
    const { controller, generator, co, fac } = productGradients(
      machine,
      { bins, batch },
      {
        controller: cellGradient(
          machine,
          { dGates: dConGates, gates: { address: conGates!, columns: 3 * columns.con } },
          [operand(controllerInput), sequence(factors, inputs.factor0, factorMask)],
          sequence(con, inputs.con0),
        ),
        generator: cellGradient(
          machine,
          { dGates: dGenGates, gates: { address: genGates!, columns: 3 * columns.gen } },
          [operand(output), ...(externalInputs ? [operand(externalInputs)] : [])],
          sequence(gen, inputs.gen0),
        ),
        co: affineGradient(machine, dPosterior, operand(con), { blocks: 2, units: widths.outputs }),
        fac: affineGradient(machine, dFactors, read, { blocks: 1, units: widths.factors }),
      },
    );
    return {
      ...{ conWeightIh: controller.weightIh, conWeightHh: controller.weightHh, conBias: controller.bias },
      ...{ genWeightIh: generator.weightIh, genWeightHh: generator.weightHh, genBias: generator.bias },
      ...{ coWeight: co.weight, coBias: co.bias, facWeight: fac.weight },
      con0: machine.tensor(dCon0.address, inputs.con0.shape),
      gen0: machine.tensor(dGen0.address, inputs.gen0.shape),
      factor0: machine.tensor(dFactor0.address, inputs.factor0.shape),
      blocks: machine.holder([dConGates.address, dGenGates.address, dFactors.address, dOutput.address]),
    };
  });

  /** The gradient of what a weight acted on. */
  const through = (block: number, part: WeightPart, shape: readonly number[]) =>
    machine.call(() => {
      const panels = packStraight(machine, part);
      const n = padded(shape.at(-1)!);
      const a = {
        address: machine.held(d.blocks)[block]!,
        columns: part.blocks * padded(part.weight.shape[0]! / part.blocks),
      };
      return machine.tensor(multiply(machine, a, panels, { rows, n }), shape);
    });
  const stateGradient = (block: number, shape: readonly number[]) =>
    machine.call(() => machine.columns(machine.held(d.blocks)[block]!, padded(shape.at(-1)!), shape));
  const copyOf = (name: Exclude<keyof typeof d, "blocks">) => () => reshape(d[name], inputs[name]!.shape);
  return {
    controllerInput: () => through(0, conInput, controllerInput.shape),
    conWeightIh: copyOf("conWeightIh"),
    conWeightHh: copyOf("conWeightHh"),
    conBias: copyOf("conBias"),
    con0: copyOf("con0"),
    coWeight: copyOf("coWeight"),
    coBias: copyOf("coBias"),
    noise: () => mul(stateGradient(3, noise!.shape), exp(mul(0.5, logvar))),
    externalInputs: () => through(1, genExternal, externalInputs!.shape),
    genWeightIh: copyOf("genWeightIh"),
    genWeightHh: copyOf("genWeightHh"),
    genBias: copyOf("genBias"),
    gen0: copyOf("gen0"),
    facWeight: copyOf("facWeight"),
    factor0: copyOf("factor0"),
    factorMask: () =>
      mul(
        through(0, conFactors, factors.shape),
        reshape(statesBefore(factors, inputs.factor0), factors.shape),
      ),
    generatorMask: () => mul(through(2, { weight: inputs.facWeight, blocks: 1 }, gen.shape), gen),
  };
}
