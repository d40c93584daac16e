import {
  concat,
  dispose,
  mean,
  mul,
  ones,
  onesLike,
  slice,
  stack,
  type Tensor,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import {
  type Augmentation,
  augment,
  type Batch,
  coordinatedDropout,
  sampleValidation,
  selectiveBackpropThroughTime,
  weightLoss,
} from "../../src/augmentations";
import { type ForwardOutput, LFADS, type LossParts, lfadsLoss, type PenaltyScales } from "../../src/model";
import { type Parameters, scoped } from "../../src/modules";
import { autoregressivePrior, normalPrior, nullPrior, type Prior, studentTPrior } from "../../src/priors";
import type { Draws } from "../../src/random";
import {
  gamma,
  gaussian,
  meanSquaredError,
  poisson,
  poissonBitsPerSpike,
  type Reconstruction,
  zeroInflatedGamma,
} from "../../src/reconstructions";
import { blocks } from "../../src/reconstructions/reconstruction";
import { adamW } from "../../src/train/adamW";
import { valueAndGradients } from "../../src/train/gradients";
import { ramp } from "../../src/train/ramp";
import type { Fixture } from "./fixture";
import { bitsPerSpike, r2 } from "./lfadsTorchMetrics";
import { recordedDraws } from "./recordedDraws";
import type { Report } from "./report";

type Hparams = Record<string, number> & { variational: boolean; recon_reduce_mean: boolean };
export type Config = { readonly type: string } & Readonly<Record<string, number>>;

interface AugmentationConfig {
  readonly type: string;
  readonly cd_rate?: number;
  readonly cd_pass_rate?: number;
  readonly sv_rate?: number;
  readonly ic_enc_seq_len?: number;
  readonly recon_reduce_mean?: boolean;
}

interface Stack {
  readonly transforms: readonly AugmentationConfig[];
  readonly batch_order: readonly number[];
  readonly loss_order: readonly number[];
}

interface Case {
  readonly batch: readonly number[];
  readonly recon_ch: readonly number[];
  readonly recon: Config;
  readonly epoch: number;
  readonly ic_prior: Config;
  readonly co_prior: Config;
  readonly train_aug: Stack;
  readonly infer_aug: Stack;
  readonly grad_clip: number;
  readonly readin?: {
    readonly encod_ch: readonly number[];
    readonly requires_grad?: boolean;
    readonly pcr?: boolean;
  };
}

/** A model of the golden files: outputs, losses, gradients, ten steps of training, validation and prediction. */
export function modelCase(fixture: Fixture, report: Report): void {
  const h = fixture.json<Hparams>("hparams");
  const c = fixture.json<Case>("case");
  const untrained = new Set(fixture.json<string[]>("no_grad_params"));
  const model = buildModel(h, c, fixture);
  const run = new Run(fixture, report, h, c, model);
  tidy(() => run.trainingStep());
  tidy(() => run.evaluation());
  run.tenSteps(untrained);
  for (const name of untrained) {
    if (name.endsWith("bias_hh")) compareZeroBias(fixture, report, name);
  }
  model.dispose();
}

/** Prefixes of tensors that hold no results. */
export const MODEL_INPUTS = ["param", "input", "noise", "noise_valid", "mask"];

/** For augmentations that draw nothing. */
const neverDraws: Draws = (() => {
  const never = (): never => {
    throw new Error("modelCase: nothing is recorded for this draw");
  };
  const draws: Draws = {
    normal: never,
    bernoulli: never,
    chiSquared: never,
    integers: never,
    fork: () => draws,
  };
  return draws;
})();

class Run {
  readonly #l2Ramp: number;
  readonly #klRamp: number;
  readonly #scales: PenaltyScales;

  constructor(
    readonly fixture: Fixture,
    readonly report: Report,
    readonly h: Hparams,
    readonly c: Case,
    readonly model: LFADS,
  ) {
    this.#l2Ramp = ramp(c.epoch, { start: h.l2_start_epoch!, increase: h.l2_increase_epoch! });
    this.#klRamp = ramp(c.epoch, { start: h.kl_start_epoch!, increase: h.kl_increase_epoch! });
    this.#scales = {
      klInitialCondition: h.kl_ic_scale!,
      klControllerOutput: h.kl_co_scale!,
      l2IcEncoder: h.l2_ic_enc_scale!,
      l2CiEncoder: h.l2_ci_enc_scale!,
      l2Generator: h.l2_gen_scale!,
      l2Controller: h.l2_con_scale!,
    };
  }

  trainingStep(): void {
    const { fixture, report, model } = this;
    const { batches, output, loss, parameters } = this.#forward("train", model.parameters);
    batches.forEach((batch, i) => {
      const name = this.#suffix(i);
      if (fixture.has(`aug/encod_data${name}`))
        report.compare("outputs", `aug/encod_data${name}`, batch.encode);
      if (fixture.has(`aug/recon_data${name}`))
        report.compare("outputs", `aug/recon_data${name}`, batch.reconstruct);
    });
    this.#compareOutputs(batches, output, parameters);
    this.#compareLosses(loss, batches, output, parameters);
    this.#compareMetrics(batches, output, parameters);
  }

  evaluation(): void {
    const { report, model, fixture } = this;
    const forward = this.#forward("valid", model.parameters);
    const { loss } = forward;
    report.compare("losses", "valid/loss", loss.total);
    report.compare("losses", "valid/recon", loss.reconstruction);
    report.compare("losses", "valid/ic_kl", loss.klInitialCondition);
    report.compare("losses", "valid/co_kl", loss.klControllerOutput);
    if (fixture.has("valid/recon_sv")) {
      const heldOut = this.#heldOut("valid", forward.batches, forward.output, model.parameters);
      report.compare("losses", "valid/recon_sv", heldOut);
    }
    const batches = this.#batches("valid");
    const means = model.forward(batches);
    const swapped = (x: Tensor) => transpose(x, [1, 0, 2]);
    batches.forEach((batch, i) => {
      const { readout, factors } = means.sessions[i]!;
      const rates = this.#reconstruction(batch).mean(readout, this.#own(batch, model.parameters));
      report.compare("outputs", `predict_mean/rates${this.#suffix(i)}`, rates);
      report.compare("outputs", `predict_mean/factors${this.#suffix(i)}`, factors);
      const name = `predict_mean/gen_inputs${this.#suffix(i)}`;
      if (fixture.has(name)) {
        report.compare("outputs", name, this.#rows(swapped(means.decoder.generatorInputs!), i)!);
      }
    });
  }

  tenSteps(untrained: ReadonlySet<string>): void {
    const { report, model, h, c } = this;
    const trained = Object.fromEntries(
      Object.entries(model.parameters).filter(([name]) => !model.frozen.has(name)),
    );
    const optimizer = adamW({
      beta1: h.lr_adam_beta1!,
      beta2: h.lr_adam_beta2!,
      epsilon: h.lr_adam_epsilon!,
    });
    let parameters: Parameters = Object.fromEntries(
      Object.entries(trained).map(([name, value]) => [name, value.clone()]),
    );
    let state = optimizer.init(parameters);
    const losses: Tensor[] = [];
    const norms: Tensor[] = [];
    for (let step = 1; step <= 10; step++) {
      const { value, gradients } = valueAndGradients(
        () => this.#forward("train", { ...model.parameters, ...parameters }).loss.total,
        parameters,
      );
      if (step === 1) this.#compareGradients(gradients, untrained);
      const next = optimizer.update(state, parameters, gradients, {
        learningRate: h.lr_init!,
        weightDecay: this.#l2Ramp * h.weight_decay!,
        gradientClip: c.grad_clip,
      });
      losses.push(value);
      norms.push(next.norm);
      dispose([gradients, parameters, state.first, state.second] as unknown as Tensor[]);
      parameters = next.parameters;
      state = next.state;
      if (step === 1 || step === 10) {
        for (const [name, value_] of Object.entries({ ...model.parameters, ...parameters })) {
          const kind = step === 1 ? "parameters after 1 step" : "parameters after 10 steps";
          report.compare(kind, `param_after_${step}/${name}`, value_, 1);
        }
      }
    }
    report.compare("losses", "trace/loss", stack(losses));
    report.compare("losses", "trace/grad_norm", stack(norms));
    dispose([parameters, state.first, state.second] as unknown as Tensor[]);
  }

  #forward(split: "train" | "valid", parameters: Parameters) {
    const { h, fixture, model } = this;
    const train = split === "train";
    const draws = recordedDraws(fixture, train ? "noise" : "noise_valid");
    const batches = this.#batches(split);
    const options = { draws, sample: true, dropout: train ? h.dropout_rate! : 0 };
    const output = model.forward(batches, options, parameters);
    const loss = lfadsLoss(
      model,
      batches,
      output,
      {
        scales: this.#scales,
        draws,
        klRamp: this.#klRamp,
        l2Ramp: this.#l2Ramp,
        lossScale: h.loss_scale!,
        sumReconstruction: !h.recon_reduce_mean,
      },
      parameters,
    );
    return { batches, output, loss, parameters };
  }

  #batches(split: "train" | "valid"): Batch[] {
    const { fixture, c } = this;
    const { transforms, batch_order } = split === "train" ? c.train_aug : c.infer_aug;
    const augmentations = batch_order.map((i) => augmentationOf(transforms[i]!));
    return c.batch.map((_, session) => {
      const name = this.#suffix(session);
      const batch: Batch = {
        session,
        encode: fixture.tensor(`input/encod_data${name}`),
        reconstruct: fixture.tensor(`input/recon_data${name}`),
        ...(fixture.has(`input/ext_input${name}`) && {
          externalInputs: fixture.tensor(`input/ext_input${name}`),
        }),
        ...(fixture.has(`input/sv_mask${name}`) && { heldIn: this.#heldIn(`input/sv_mask${name}`) }),
      };
      return augment(batch, augmentations, recordedDraws(fixture, "noise", session));
    });
  }

  /** The recorded mask lacks the bins of the initial-condition segment. */
  #heldIn(name: string): Tensor {
    const mask = this.fixture.tensor(name);
    const missing = this.h.encod_seq_len! - mask.shape[1]!;
    return missing > 0 ? concat([ones([mask.shape[0]!, missing, mask.shape[2]!]), mask], 1) : mask;
  }

  #compareOutputs(batches: readonly Batch[], output: ForwardOutput, parameters: Parameters): void {
    const { fixture, report } = this;
    const swapped = (x: Tensor | null | undefined) => x && transpose(x, [1, 0, 2]);
    const { decoder, initialCondition, controllerOutput } = output;
    batches.forEach((batch, i) => {
      const { readout, factors } = output.sessions[i]!;
      const reconstruction = this.#reconstruction(batch);
      const own = this.#own(batch, parameters);
      const all = reconstruction.loss(batch.reconstruct, readout, own, batch.observed);
      const values: Record<string, Tensor | null | undefined> = {
        output_params: stack(blocks(readout, reconstruction.parametersPerChannel), 3),
        rates: reconstruction.mean(readout, own),
        factors,
        recon_all: all,
        recon_all_processed: weightLoss(all, batch),
        ic_mean: this.#rows(initialCondition.mean, i),
        ic_std: this.#rows(initialCondition.std, i),
        gen_init: this.#rows(decoder.generatorInit, i),
        gen_states: this.#rows(swapped(decoder.generatorStates), i),
        gen_inputs: this.#rows(swapped(decoder.generatorInputs), i),
        con_states: this.#rows(swapped(decoder.controllerStates), i),
        co_means: this.#rows(controllerOutput?.mean, i),
        co_stds: this.#rows(controllerOutput?.std, i),
      };
      for (const [name, value] of Object.entries(values)) {
        const path = `output/${name}${this.#suffix(i)}`;
        if (value && fixture.has(path)) report.compare("outputs", path, value);
      }
    });
  }

  #compareLosses(
    loss: LossParts,
    batches: readonly Batch[],
    output: ForwardOutput,
    parameters: Parameters,
  ): void {
    const { fixture, report } = this;
    report.compare("losses", "loss/total", loss.total);
    report.compare("losses", "loss/recon", loss.reconstruction);
    report.compare("losses", "loss/ic_kl", loss.klInitialCondition);
    report.compare("losses", "loss/co_kl", loss.klControllerOutput);
    report.compare("losses", "loss/l2", loss.l2);
    report.compare("losses", "loss/l2_ramp", this.#l2Ramp);
    report.compare("losses", "loss/kl_ramp", this.#klRamp);
    batches.forEach((_, i) => {
      const path = `loss/recon_sess/${i}`;
      if (fixture.has(path)) report.compare("losses", path, loss.sessions[i]!);
    });
    if (fixture.has("loss/recon_sv")) {
      report.compare("losses", "loss/recon_sv", this.#heldOut("train", batches, output, parameters));
    }
  }

  /**
   * The held-out loss as lfads-torch logs it: of the last session, summed over a trial where its stack says so, and counting
   * unobserved samples where the losses are masked only afterwards.
   */
  #heldOut(
    split: "train" | "valid",
    batches: readonly Batch[],
    output: ForwardOutput,
    parameters: Parameters,
  ): Tensor {
    const { transforms, loss_order } = split === "train" ? this.c.train_aug : this.c.infer_aug;
    const order = loss_order.map((i) => transforms[i]!.type);
    const config = transforms.find(({ type }) => type === "SampleValidation")!;
    const batch = batches[batches.length - 1]!;
    const own = this.#own(batch, parameters);
    const { readout } = output.sessions[batches.length - 1]!;
    const loss = this.#reconstruction(batch).loss(batch.reconstruct, readout, own, batch.observed);
    const masked = order.indexOf("SelectiveBackpropThruTime") < order.indexOf("SampleValidation");
    const weight = masked
      ? batch.heldOutWeight!
      : augment({ ...batch, lossWeight: onesLike(loss) }, [augmentationOf(config)], neverDraws)
          .heldOutWeight!;
    const [, bins, channels] = weight.shape as [number, number, number];
    const region = slice(loss, [0, 0, 0], [-1, bins, channels]);
    return mul(mean(mul(region, weight)), config.recon_reduce_mean === false ? bins * channels : 1);
  }

  #compareMetrics(batches: readonly Batch[], output: ForwardOutput, parameters: Parameters): void {
    const { fixture, report, h } = this;
    const names = ["bps", "co_bps", "fp_bps"] as const;
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const logRates = batches.map((batch, i) => {
      const { parametersPerChannel } = this.#reconstruction(batch);
      return blocks(output.sessions[i]!.readout, parametersPerChannel)[0]!;
    });
    const counts = batches.map(({ reconstruct }) => reconstruct);
    report.later([...logRates, ...counts], (values) => {
      const perSession = batches.map((_, i) =>
        bitsPerSpike(values[i]!, values[batches.length + i]!, h.encod_data_dim!, h.encod_seq_len!),
      );
      names.forEach((name, k) => {
        const bits = mean(perSession.map((regions) => regions[k]!));
        // Python's max(bps, -1): NaN stays.
        report.compare("metrics", `metric/${name}`, bits < -1 ? -1 : bits, unit(fixture, `metric/${name}`));
      });
    });
    const truths = batches.map((_, i) => `input/truth${this.#suffix(i)}`).filter((name) => fixture.has(name));
    const rates = truths.map((_, i) =>
      this.#reconstruction(batches[i]!).mean(output.sessions[i]!.readout, this.#own(batches[i]!, parameters)),
    );
    report.later(rates, (values) => {
      const score = mean(truths.map((name, i) => r2(values[i]!, fixture.values(name))));
      report.compare("metrics", "metric/r2", score, unit(fixture, "metric/r2"));
    });
  }

  #compareGradients(gradients: Parameters, untrained: ReadonlySet<string>): void {
    const { fixture, report } = this;
    const golden = fixture.group("grad");
    const largest = Math.max(
      ...Object.values(golden).map(({ data }) =>
        Array.from(data).reduce((m, x) => Math.max(m, Math.abs(x)), 0),
      ),
    );
    for (const [name, gradient] of Object.entries(gradients)) {
      if (untrained.has(name)) report.problems.push(`${name}: has a gradient, but not in lfads-torch`);
      else report.compare("gradients", `grad/${name}`, gradient, largest);
    }
  }

  #reconstruction(batch: Batch): Reconstruction {
    return this.model.architecture.sessions[batch.session!]!.reconstruction;
  }

  #own(batch: Batch, parameters: Parameters): Parameters {
    return scoped(parameters, `recon.${batch.session}`);
  }

  /** The trials of session `i`. */
  #rows(x: Tensor | null | undefined, i: number): Tensor | null {
    if (!x) return null;
    const before = this.c.batch.slice(0, i).reduce((sum, n) => sum + n, 0);
    return slice(x, [before, ...x.shape.slice(1).map(() => 0)], [this.c.batch[i]!, ...x.shape.slice(1)]);
  }

  #suffix(session: number): string {
    return this.c.batch.length > 1 ? `/${session}` : "";
  }
}

function buildModel(h: Hparams, c: Case, fixture: Fixture): LFADS {
  const controlled = fixture.metadata.use_con === "true";
  const variational = h.variational;
  const encodeChannels = c.readin?.encod_ch ?? [h.encod_data_dim!];
  const sessions = encodeChannels.map((encode, i) => ({
    channels: { encode, reconstruct: c.recon_ch[i]! },
    freezeReadin: fixture.json<string[]>("no_grad_params").includes(`readin.${i}.weight`),
    freezeReadout: fixture.json<string[]>("no_grad_params").includes(`readout.${i}.weight`),
  }));
  const model = new LFADS({
    ...(c.readin ? { sessions, readin: h.encod_data_dim! } : { channels: sessions[0]!.channels }),
    bins: { encode: h.encod_seq_len!, reconstruct: h.recon_seq_len!, initialCondition: h.ic_enc_seq_len! },
    externalInputs: h.ext_input_dim!,
    variational,
    initialCondition: {
      encoderUnits: h.ic_enc_dim!,
      size: h.ic_dim!,
      posteriorVarianceMin: h.ic_post_var_min!,
      ...(variational && { prior: priorOf(c.ic_prior) }),
    },
    controller: controlled && {
      encoderUnits: h.ci_enc_dim!,
      units: h.con_dim!,
      outputs: h.co_dim!,
      lag: h.ci_lag!,
      ...(variational && { prior: priorOf(c.co_prior) }),
    },
    generator: { units: h.gen_dim! },
    factors: h.fac_dim!,
    reconstruction: reconstructionOf(c.recon),
    cellClip: h.cell_clip!,
  });
  const golden = Object.entries(fixture.group("param")).filter(([name]) => !name.endsWith("bias_hh"));
  const missing = Object.keys(model.parameters).filter((name) => !fixture.has(`param/${name}`));
  if (missing.length > 0) throw new Error(`the golden file lacks parameters: ${missing.join(", ")}`);
  model.setParameters(Object.fromEntries(golden.map(([name]) => [name, fixture.tensor(`param/${name}`)])));
  return model;
}

function compareZeroBias(fixture: Fixture, report: Report, name: string): void {
  for (const prefix of ["param_after_1", "param_after_10"]) {
    if (!fixture.has(`${prefix}/${name}`)) continue;
    const { data, shape } = fixture.values(`${prefix}/${name}`);
    const kind = prefix === "param_after_1" ? "parameters after 1 step" : "parameters after 10 steps";
    report.compare(kind, `${prefix}/${name}`, { data: new Float32Array(data.length), shape }, 1);
  }
}

export function priorOf(config: Config): Prior {
  switch (config.type) {
    case "MultivariateNormal":
      return normalPrior({ mean: config.mean!, variance: config.variance! });
    case "AutoregressiveMultivariateNormal":
      return autoregressivePrior({ tau: config.tau!, variance: config.nvar! });
    case "MultivariateStudentT":
      return studentTPrior({ loc: config.loc!, scale: config.scale!, df: config.df! });
    case "Null":
      return nullPrior();
    default:
      throw new Error(`unknown prior ${config.type}`);
  }
}

export function reconstructionOf(config: Config): Reconstruction {
  switch (config.type) {
    case "Poisson":
      return poisson();
    case "PoissonBPS":
      return poissonBitsPerSpike({ compatibility: { averageMissing: true } });
    case "Gaussian":
      return gaussian();
    case "MSE":
      return meanSquaredError();
    case "Gamma":
      return gamma();
    case "ZeroInflatedGamma":
      return zeroInflatedGamma({
        loc: config.gamma_loc!,
        scale: config.scale_init!,
        scalePrior: config.scale_prior!,
        penalty: config.scale_penalty!,
      });
    default:
      throw new Error(`unknown reconstruction ${config.type}`);
  }
}

/** Scale of a metric that is a difference of larger numbers. */
function unit(fixture: Fixture, name: string): number {
  return Math.max(1, Math.abs(fixture.scalar(name)) || 0);
}

/** The defects of lfads-torch are asked for by name: see the README of the golden files. */
function augmentationOf(config: AugmentationConfig): Augmentation {
  const initialConditionBins = config.ic_enc_seq_len ?? 0;
  switch (config.type) {
    case "CoordinatedDropout":
    case "CoordinatedDropoutTF2":
      return coordinatedDropout({
        rate: config.cd_rate!,
        passRate: config.cd_pass_rate!,
        initialConditionBins,
        compatibility: { maskFromFirstBin: true, maskAll: config.type === "CoordinatedDropoutTF2" },
      });
    case "SampleValidation":
      return sampleValidation({
        rate: config.sv_rate!,
        initialConditionBins,
        compatibility: { maskFromFirstBin: true },
      });
    case "SelectiveBackpropThruTime":
      return selectiveBackpropThroughTime();
    default:
      throw new Error(`unknown augmentation ${config.type}`);
  }
}
