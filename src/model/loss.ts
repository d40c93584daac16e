import { add, div, mean, scalar, sum, type Tensor } from "@tensorflow/tfjs-core";
import { type Batch, heldOutLoss, trialsOf, weightLoss } from "../augmentations/batch";
import { type Parameters, parameter, scoped } from "../modules";
import { squaredNorms, weightedSum } from "../ops";
import type { Draws } from "../random";
import type { ForwardOutput, LFADS, SessionOutput } from "./lfads";

/** Weights of the regularisers; all of them hyperparameters that a search may change. */
export interface PenaltyScales {
  /** Of the divergence of the initial condition. */
  readonly klInitialCondition: number;
  /** Of the divergence of the controller output. */
  readonly klControllerOutput: number;
  /** Of the recurrent kernels of each part. */
  readonly l2IcEncoder: number;
  readonly l2CiEncoder: number;
  readonly l2Generator: number;
  readonly l2Controller: number;
}

/** Options of {@link lfadsLoss}. */
export interface LossOptions {
  readonly scales: PenaltyScales;
  /** Where Monte-Carlo divergences draw from. */
  readonly draws: Draws;
  /**
   * One batch of each session, of which the given batches are some trials: the loss and its parts are then their shares, which
   * add up to those of the whole. @default the batches are the whole
   */
  readonly whole?: readonly Batch[];
  /** Factor of both divergences, 0 to 1. @default 1 */
  readonly klRamp?: number;
  /** Factor of the L2 penalty, 0 to 1. @default 1 */
  readonly l2Ramp?: number;
  /** Factor of the total. @default 1e4 */
  readonly lossScale?: number;
  /** Sum the reconstruction loss over bins and channels instead of averaging it. @default false */
  readonly sumReconstruction?: boolean;
}

/** The loss and its parts, scalars unless noted. */
export interface LossParts {
  /** `lossScale * (reconstruction + l2Ramp * l2 + klRamp * (klInitialCondition + klControllerOutput))` */
  readonly total: Tensor;
  /** Equal mean over sessions. */
  readonly reconstruction: Tensor;
  /** Reconstruction loss of each batch, never a share. */
  readonly sessions: readonly Tensor[];
  /** Times its scale, without the ramp. */
  readonly klInitialCondition: Tensor;
  /** Times its scale, without the ramp. */
  readonly klControllerOutput: Tensor;
  readonly l2: Tensor;
  /** Loss of the samples that sample validation holds out, mean over sessions; null without. */
  readonly heldOut: Tensor | null;
}

/**
 * The loss of LFADS for batches that have been augmented. Call it inside `tidy`.
 *
 * @throws if the data does not have the shape of the reconstruction
 */
export function lfadsLoss(
  model: LFADS,
  batches: readonly Batch[],
  output: ForwardOutput,
  options: LossOptions,
  parameters: Parameters = model.parameters,
): LossParts {
  const {
    scales,
    draws,
    whole,
    klRamp = 1,
    l2Ramp = 1,
    lossScale = 1e4,
    sumReconstruction = false,
  } = options;
  const { initialCondition, controller, variational } = model.architecture;
  const all = whole ?? batches;
  const wholes = batches.map((batch) => whole?.find(({ session }) => session === batch.session) ?? batch);
  const shares = batches.map((batch, i) => trialsOf([batch]) / trialsOf([wholes[i]!]));
  const share = trialsOf(batches) / trialsOf(all);
  const losses = batches.map((batch, i) =>
    sessionLoss(model, batch, wholes[i]!, output.sessions[i]!, parameters, sumReconstruction),
  );
  const perSession = losses.map(({ loss }) => loss);
  const heldOut = losses.map((loss) => loss.heldOut);
  const reconstruction = average(perSession, shares, all.length);
  const divergence = (name: "ic" | "co", scale: number): Tensor => {
    const prior = name === "ic" ? initialCondition.prior : controller?.prior;
    const posterior = name === "ic" ? output.initialCondition : output.controllerOutput;
    if (!variational || !prior || !posterior) return scalar(0);
    const value = prior.divergence(scoped(parameters, `${name}_prior`), posterior, draws, `${name}_kl`);
    return weightedSum([value], [scale * share]);
  };
  const klInitialCondition = divergence("ic", scales.klInitialCondition);
  const klControllerOutput = divergence("co", scales.klControllerOutput);
  const l2 = weightedSum([l2Penalty(model, scales, parameters)], [share]);
  const total = weightedSum(
    [reconstruction, l2, klInitialCondition, klControllerOutput],
    [1, l2Ramp, klRamp, klRamp].map((ramp) => lossScale * ramp),
  );
  return {
    total,
    reconstruction,
    sessions: perSession,
    klInitialCondition,
    klControllerOutput,
    l2,
    heldOut: heldOut.some(Boolean)
      ? average(heldOut, shares, all.filter((batch) => batch.heldOutWeight).length)
      : null,
  };
}

/** Reconstruction loss of one batch and that of its held-out samples. */
function sessionLoss(
  model: LFADS,
  batch: Batch,
  whole: Batch,
  output: SessionOutput,
  parameters: Parameters,
  sumReconstruction: boolean,
): { loss: Tensor; heldOut: Tensor | null } {
  const index = batch.session ?? 0;
  const { reconstruction, reconstruct } = model.architecture.sessions[index]!;
  const [bins, trials] = output.timeMajorFactors.shape as [number, number, number];
  const data = batch.reconstruct;
  if (`${data.shape}` !== `${[trials, bins, reconstruct]}`) {
    throw new Error(
      `lfadsLoss: reconstruct must be [${trials}, ${bins}, ${reconstruct}], got [${data.shape}]`,
    );
  }
  const { fromFactors } = reconstruction.loss;
  if (!fromFactors) {
    const own = scoped(parameters, `recon.${index}`);
    const loss = reconstruction.loss(data, output.readout, own, batch.observed, {
      data: whole.reconstruct,
      observed: whole.observed,
    });
    const weighted = weightLoss(loss, batch);
    return {
      loss: mean(sumReconstruction ? sum(weighted, [1, 2]) : weighted),
      heldOut: heldOutLoss(loss, batch),
    };
  }
  const { lossWeight, gradientMask, heldOutWeight } = batch;
  const { total, heldOut } = fromFactors({
    factors: output.timeMajorFactors,
    weight: parameter(parameters, `readout.${index}.weight`),
    bias: parameter(parameters, `readout.${index}.bias`),
    data,
    ...(lossWeight && { lossWeight }),
    ...(gradientMask && { gradientMask }),
    ...(heldOutWeight && { heldOutWeight }),
  });
  return {
    loss: div(total, sumReconstruction ? trials : data.size),
    heldOut: heldOutWeight ? div(heldOut, heldOutWeight.size) : null,
  };
}

/**
 * `sum_k s_k ||U_k||^2 / 2 / (elements of the kernels with s_k > 0)` over the recurrent kernels, plus the penalties of
 * the reconstructions.
 */
export function l2Penalty(model: LFADS, scales: PenaltyScales, parameters: Parameters): Tensor {
  const kernels = model.recurrentKernels;
  const scaled = (
    [
      [kernels.icEncoder, scales.l2IcEncoder],
      [kernels.ciEncoder, scales.l2CiEncoder],
      [kernels.generator, scales.l2Generator],
      [kernels.controller, scales.l2Controller],
    ] as const
  ).flatMap(([names, scale]) =>
    scale > 0 ? names.map((name) => ({ kernel: parameter(parameters, name), scale })) : [],
  );
  const size = scaled.reduce((elements, { kernel }) => elements + kernel.size, 0);
  const recurrent = squaredNorms(
    scaled.map(({ kernel }) => kernel),
    scaled.map(({ scale }) => (0.5 * scale) / size),
  );
  const own = model.architecture.sessions.flatMap(
    ({ reconstruction }, i) => reconstruction.penalty?.(scoped(parameters, `recon.${i}`)) ?? [],
  );
  return own.reduce((total, part) => add(total, part), recurrent);
}

/** Sum of the given shares of values, those that there are, over `count`. */
function average(values: readonly (Tensor | null)[], shares: readonly number[], count: number): Tensor {
  const parts = values.flatMap((value, i) => (value ? [{ value, factor: shares[i]! / count }] : []));
  return weightedSum(
    parts.map(({ value }) => value),
    parts.map(({ factor }) => factor),
  );
}
