import { add, concat, exp, mul, type Tensor, zeros } from "@tensorflow/tfjs-core";
import { decoderSequence, linear, repeatRow, splitBins, stackBins } from "../ops";
import type { RandomStream } from "../random";
import { type Cell, unroll } from "./cell";
import { ClippedGruCell } from "./clippedGruCell";
import type { Controller } from "./controller";
import { type Dropout, drop, dropoutMask } from "./dropout";
import type { Posterior } from "./encoders";
import { Factors } from "./factors";
import { Linear } from "./linear";
import { type Parameters, parameter, prefixed, scoped } from "./parameters";

/** Options of {@link Decoder}. */
export interface DecoderOptions {
  /** Size of the initial condition. */
  readonly initialCondition: number;
  readonly generator: Cell;
  readonly factors: number;
  /** None for a generator that only external inputs drive. */
  readonly controller?: Controller | undefined;
}

/** What a {@link Decoder} unrolls; B trials, T bins. */
export interface DecoderInput {
  /** Initial condition, sampled or mean, `[B, size]`. */
  readonly initialCondition: Tensor;
  readonly bins: number;
  /** Encoded controller input, `[T, B, width]`; with a controller only. */
  readonly controllerInput?: Tensor | null;
  /** External inputs after dropout, `[T, B, inputs]`. */
  readonly externalInputs?: Tensor | null;
  /** Standard noise of the controller output, `[T, B, outputs]`; null passes the mean on. */
  readonly noise?: Tensor | null;
}

/** States of a {@link Decoder}, time-major, each after the update of its bin. */
export interface DecoderOutput {
  /** `[T, B, factors]` */
  readonly factors: Tensor;
  /** `[T, B, units]` */
  readonly generatorStates: Tensor;
  /** Generator state before the first bin, `[B, units]`. */
  readonly generatorInit: Tensor;
  /** Controller output, then external inputs: `[T, B, inputs]`; null when the generator is autonomous. */
  readonly generatorInputs: Tensor | null;
  /** `[T, B, units]`, null without a controller. */
  readonly controllerStates: Tensor | null;
  /** Posterior of the controller output, `[T, B, outputs]`, null without a controller. */
  readonly controllerOutput: Posterior | null;
}

/**
 * Initial condition to generator state, then bin by bin: controller, controller output, generator, factors. Two clipped
 * GRUs run as one fused operation, a generator alone in its own `sequence`, any other cells step by step.
 *
 * Parameters: `ic_to_g0.*`, `con_h0` `[1, units]`, and under `rnn.cell`: `gen_cell.*`, `fac_linear.weight`, `con_cell.*`,
 * `co_linear.*`.
 */
export class Decoder {
  readonly generator: Cell;
  readonly controller: Controller | undefined;
  readonly factors: Factors;
  readonly #initial: Linear;

  /** @throws if the generator is too narrow for the controller output */
  constructor({ initialCondition, generator, factors, controller }: DecoderOptions) {
    if (controller && generator.inputSize < controller.outputs) {
      throw new Error(
        `Decoder: the generator takes ${generator.inputSize} inputs, fewer than the controller's ${controller.outputs}`,
      );
    }
    this.generator = generator;
    this.controller = controller;
    this.factors = new Factors(generator.stateSize, factors);
    this.#initial = new Linear(initialCondition, generator.stateSize);
  }

  init(stream: RandomStream): Parameters {
    return {
      ...prefixed("ic_to_g0", this.#initial.init(stream.fork("ic_to_g0"))),
      ...(this.controller && {
        con_h0: zeros([1, this.controller.cell.stateSize]),
        ...prefixed("rnn.cell", this.controller.init(stream)),
      }),
      ...prefixed("rnn.cell.gen_cell", this.generator.init(stream.fork("gen_cell"))),
      ...prefixed("rnn.cell.fac_linear", this.factors.init(stream.fork("fac_linear"))),
    };
  }

  /** @throws if an input that the cells need is missing */
  apply(parameters: Parameters, input: DecoderInput, dropout: Dropout = null): DecoderOutput {
    const { bins, initialCondition, externalInputs = null } = input;
    const batch = initialCondition.shape[0]!;
    const external = externalInputs?.shape[2] ?? 0;
    const expected = this.generator.inputSize - (this.controller?.outputs ?? 0);
    if (external !== expected) {
      throw new Error(`Decoder.apply: externalInputs must have ${expected} columns, got ${external}`);
    }
    const generatorInit = this.#initial.apply(scoped(parameters, "ic_to_g0"), initialCondition);
    // The generator itself starts from the undropped state; only its first factors see the mask.
    const initDropped = drop(generatorInit, dropout, "gen_init");
    const matrix = this.factors.matrix(scoped(parameters, "rnn.cell.fac_linear"));
    const run = { generatorInit, factor0: linear(initDropped, matrix), matrix, batch, bins };
    if (!this.controller) return this.#runAlone(parameters, input, run, dropout);
    if (!input.controllerInput) throw new Error("Decoder.apply: a controller needs controllerInput");
    const { cell } = this.controller;
    const fused = isClippedGru(this.generator) && isClippedGru(cell) && cell.clip === this.generator.clip;
    return fused
      ? this.#runFused(parameters, input, run, dropout)
      : this.#runSteps(parameters, input, run, dropout);
  }

  #runFused(parameters: Parameters, input: DecoderInput, run: Run, dropout: Dropout): DecoderOutput {
    const generator = this.generator as ClippedGruCell;
    const gen = generator.weights(scoped(parameters, "rnn.cell.gen_cell"));
    const con = (this.controller!.cell as ClippedGruCell).weights(scoped(parameters, "rnn.cell.con_cell"));
    const masks = this.#masks(input, run, dropout);
    const states = decoderSequence(
      {
        controllerInput: masks.controllerInput,
        conWeightIh: con.weightIh!,
        conWeightHh: con.weightHh,
        conBias: con.bias,
        con0: this.#controllerInit(parameters, run.batch),
        coWeight: parameter(parameters, "rnn.cell.co_linear.weight"),
        coBias: parameter(parameters, "rnn.cell.co_linear.bias"),
        genWeightIh: gen.weightIh!,
        genWeightHh: gen.weightHh,
        genBias: gen.bias,
        gen0: run.generatorInit,
        facWeight: run.matrix,
        factor0: run.factor0,
        ...(input.noise && { noise: input.noise }),
        ...(input.externalInputs && { externalInputs: input.externalInputs }),
        ...(masks.factors && { factorMask: masks.factors }),
        ...(masks.generator && { generatorMask: masks.generator }),
      },
      generator.clip,
    );
    const outputs = states.controllerOutputs;
    return {
      factors: states.factors,
      generatorStates: states.generatorStates,
      generatorInit: run.generatorInit,
      generatorInputs: input.externalInputs ? concat([outputs, input.externalInputs], 2) : outputs,
      controllerStates: states.controllerStates,
      controllerOutput: { mean: states.coMean, std: exp(mul(0.5, states.coLogvar)) },
    };
  }

  #runSteps(parameters: Parameters, input: DecoderInput, run: Run, dropout: Dropout): DecoderOutput {
    const controller = this.controller!;
    const masks = this.#masks(input, run, dropout);
    const cellParameters = scoped(parameters, "rnn.cell");
    const genParameters = scoped(cellParameters, "gen_cell");
    const controllerInputs = splitBins(masks.controllerInput);
    const factorMasks = masks.factors && splitBins(masks.factors);
    const generatorMasks = masks.generator && splitBins(masks.generator);
    const noise = input.noise && splitBins(input.noise);
    const external = input.externalInputs && splitBins(input.externalInputs);
    const collected: { [Name in "factor" | "gen" | "con" | "mean" | "std" | "input"]: Tensor[] } = {
      factor: [],
      gen: [],
      con: [],
      mean: [],
      std: [],
      input: [],
    };
    let factor = run.factor0;
    let gen = run.generatorInit;
    let con = this.#controllerInit(parameters, run.batch);
    for (let t = 0; t < run.bins; t++) {
      const feedback = factorMasks ? mul(factor, factorMasks[t]!) : factor;
      const step = controller.step(cellParameters, concat([controllerInputs[t]!, feedback], 1), con);
      const { mean, std } = step.posterior;
      const output = noise ? add(mean, mul(std, noise[t]!)) : mean;
      const genInput = external ? concat([output, external[t]!], 1) : output;
      con = step.state;
      gen = this.generator.step(genParameters, genInput, gen);
      factor = linear(generatorMasks ? mul(gen, generatorMasks[t]!) : gen, run.matrix);
      for (const [name, value] of Object.entries({ factor, gen, con, mean, std, input: genInput })) {
        collected[name as keyof typeof collected].push(value);
      }
    }
    return {
      factors: stackBins(collected.factor),
      generatorStates: stackBins(collected.gen),
      generatorInit: run.generatorInit,
      generatorInputs: stackBins(collected.input),
      controllerStates: stackBins(collected.con),
      controllerOutput: { mean: stackBins(collected.mean), std: stackBins(collected.std) },
    };
  }

  #runAlone(parameters: Parameters, input: DecoderInput, run: Run, dropout: Dropout): DecoderOutput {
    const genParameters = scoped(parameters, "rnn.cell.gen_cell");
    const inputs = input.externalInputs ?? null;
    const states = unroll(this.generator, genParameters, inputs, run.generatorInit, run.bins);
    return {
      factors: linear(drop(states, dropout, "gen_state"), run.matrix),
      generatorStates: states,
      generatorInit: run.generatorInit,
      generatorInputs: inputs,
      controllerStates: null,
      controllerOutput: null,
    };
  }

  #controllerInit(parameters: Parameters, batch: number): Tensor {
    return repeatRow(parameter(parameters, "con_h0"), batch);
  }

  #masks(input: DecoderInput, { batch, bins }: Run, dropout: Dropout) {
    return {
      controllerInput: drop(input.controllerInput!, dropout, "con_input"),
      factors: dropoutMask(dropout, "con_factors", [bins, batch, this.factors.outputs]),
      generator: dropoutMask(dropout, "gen_state", [bins, batch, this.generator.stateSize]),
    };
  }
}

/** Whether the fused operations compute what the cell's own step does: not so for a subclass with another step. */
function isClippedGru(cell: Cell): cell is ClippedGruCell {
  return cell instanceof ClippedGruCell && cell.step === ClippedGruCell.prototype.step;
}

interface Run {
  readonly generatorInit: Tensor;
  readonly factor0: Tensor;
  readonly matrix: Tensor;
  readonly batch: number;
  readonly bins: number;
}
