import { add, concat, mul, pad, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { Batch } from "../augmentations";
import {
  type Cell,
  Controller,
  ControllerInputEncoder,
  Decoder,
  type DecoderOutput,
  type Dropout,
  drop,
  InitialConditionEncoder,
  Linear,
  type Parameters,
  type Posterior,
  prefixed,
  scoped,
} from "../modules";
import { swap } from "../ops";
import { type Draws, RandomStream } from "../random";
import { type AffineMap, type Architecture, type LFADSOptions, resolveOptions } from "./options";

/** How a forward pass draws. */
export interface ForwardOptions {
  /** Where posterior samples and dropout masks come from; needed unless neither is used. */
  readonly draws?: Draws;
  /** Sample the posteriors of a variational model; otherwise their means go on. @default false */
  readonly sample?: boolean;
  /** Dropout rate. @default 0 */
  readonly dropout?: number;
  /** Bins that the decoder unrolls, the first ones. @default all */
  readonly bins?: number;
}

/** Results of a forward pass for the trials of one batch; readout and factors are computed whenever they are asked for. */
export interface SessionOutput {
  /** `[trials, T, parameters * channels]` */
  readonly readout: Tensor;
  /** `[trials, T, factors]` */
  readonly factors: Tensor;
  /** `[T, trials, factors]` */
  readonly timeMajorFactors: Tensor;
}

/** What a forward pass computes. The trials of all sessions follow each other; T bins. */
export interface ForwardOutput {
  /** For each batch. */
  readonly sessions: readonly SessionOutput[];
  /** Posterior of the initial condition, `[all trials, size]`. */
  readonly initialCondition: Posterior;
  /** Posterior of the controller output, `[all trials, T, outputs]`; null without a controller. */
  readonly controllerOutput: Posterior | null;
  /** States of the decoder, time-major `[T, all trials, ...]`. */
  readonly decoder: DecoderOutput;
}

/**
 * LFADS: a sequential variational autoencoder that explains spike counts by a dynamical system (Sussillo et al. 2016;
 * Pandarinath et al. 2018), the numbers those of lfads-torch (Sedler & Pandarinath 2023).
 *
 * Parameters are tensors by name, with the names of lfads-torch (whose frozen, zero `bias_hh` is left out). The model owns
 * them: `dispose` frees them.
 *
 * @example
 * ```ts
 * import { infer, LFADS, simulateLorenz } from "lfads";
 *
 * const { valid } = simulateLorenz({ conditions: 5, trialsPerCondition: 2, bins: 20 });
 * const model = new LFADS({
 *   channels: 30,
 *   bins: 20,
 *   generator: { units: 50 },
 *   factors: 8,
 *   controller: false, // an autonomous generator
 * });
 * const { rates, factors } = await infer(model, valid);
 * console.log(rates.shape, factors.shape); // [ 2, 20, 30 ] [ 2, 20, 8 ]
 * ```
 * @throws if an option is out of range or contradicts another
 */
export class LFADS {
  readonly architecture: Architecture;
  /** Names of parameters that training leaves alone. */
  readonly frozen: ReadonlySet<string>;
  #parameters: Parameters;
  readonly #initialConditionEncoder: InitialConditionEncoder;
  readonly #controllerInputEncoder: ControllerInputEncoder | null;
  readonly #decoder: Decoder;
  readonly #readins: readonly Linear[];
  readonly #readouts: readonly Linear[];

  constructor(options: LFADSOptions) {
    const architecture = resolveOptions(options);
    const { initialCondition, controller, generator, sessions, readin, factors, cellClip } = architecture;
    this.architecture = architecture;
    const inputSize = readin ?? sessions[0]!.encode;
    this.#initialConditionEncoder = new InitialConditionEncoder({
      inputSize,
      units: initialCondition.encoderUnits,
      outputs: initialCondition.size,
      varianceMin: initialCondition.posteriorVarianceMin,
      clip: cellClip,
    });
    this.#controllerInputEncoder =
      controller &&
      new ControllerInputEncoder({
        inputSize,
        units: controller.encoderUnits,
        lag: controller.lag,
        clip: cellClip,
      });
    const generatorInputs = (controller?.outputs ?? 0) + architecture.externalInputs;
    this.#decoder = new Decoder({
      initialCondition: initialCondition.size,
      generator: ownCell("generator", generator.cell, generatorInputs),
      factors,
      controller: controller
        ? new Controller(
            ownCell("controller", controller.cell, 2 * controller.encoderUnits + factors),
            controller.outputs,
          )
        : undefined,
    });
    this.#readins = readin === null ? [] : sessions.map(({ encode }) => new Linear(encode, readin));
    this.#readouts = sessions.map(
      ({ reconstruct, reconstruction }) =>
        new Linear(factors, reconstruct * reconstruction.parametersPerChannel),
    );
    this.frozen = new Set([
      ...initialCondition.prior.frozen.map((name) => `ic_prior.${name}`),
      ...(controller?.prior.frozen ?? []).map((name) => `co_prior.${name}`),
      ...sessions.flatMap(({ freezeReadin, freezeReadout }, i) => [
        ...(readin !== null && freezeReadin ? [`readin.${i}.weight`, `readin.${i}.bias`] : []),
        ...(freezeReadout ? [`readout.${i}.weight`, `readout.${i}.bias`] : []),
      ]),
    ]);
    this.#parameters = this.#init();
  }

  /** The parameters by name. They belong to the model. */
  get parameters(): Parameters {
    return this.#parameters;
  }

  /** The generator and its parameters, which belong to the model until it gets others: what fixed points are found of. */
  get generator(): { readonly cell: Cell; readonly parameters: Parameters } {
    const parameters = scoped(this.#parameters, "decoder.rnn.cell.gen_cell");
    return { cell: this.#decoder.generator, parameters };
  }

  /** Names of the L2-penalised recurrent kernels of each part. */
  get recurrentKernels(): Record<"icEncoder" | "ciEncoder" | "generator" | "controller", readonly string[]> {
    const gru = (name: string) =>
      ["fwd_gru", "bwd_gru"].map((direction) => `encoder.${name}.${direction}.cell.weight_hh`);
    const cell = (name: string, kernels: readonly string[] = []) =>
      kernels.map((kernel) => `decoder.rnn.cell.${name}.${kernel}`);
    return {
      icEncoder: gru("ic_enc"),
      ciEncoder: this.#controllerInputEncoder ? gru("ci_enc") : [],
      generator: cell("gen_cell", this.#decoder.generator.recurrentKernels),
      controller: cell("con_cell", this.#decoder.controller?.cell.recurrentKernels),
    };
  }

  /**
   * Replaces parameters, freeing those they replace; the model takes over the given tensors.
   * @throws if a name is unknown or a shape differs
   */
  setParameters(parameters: Parameters): void {
    for (const [name, value] of Object.entries(parameters)) {
      const current = this.#parameters[name];
      if (!current) throw new Error(`LFADS.setParameters: the model has no parameter "${name}"`);
      if (`${current.shape}` !== `${value.shape}`) {
        throw new Error(
          `LFADS.setParameters: ${name} must have shape [${current.shape}], got [${value.shape}]`,
        );
      }
    }
    // A given tensor may be one that the model holds already, under this name or another.
    const given = new Set(Object.values(parameters));
    for (const name of Object.keys(parameters)) {
      const current = this.#parameters[name]!;
      if (!given.has(current)) current.dispose();
    }
    this.#parameters = { ...this.#parameters, ...parameters };
  }

  /** Frees the parameters. */
  dispose(): void {
    for (const value of Object.values(this.#parameters)) value.dispose();
    this.#parameters = {};
  }

  /**
   * From spikes to distributions. Call it inside `tidy`.
   *
   * @param batches trials of one or more sessions
   * @param parameters other values for the parameters @default those of the model
   * @throws if a shape does not fit the model
   */
  forward(
    batches: readonly Batch[],
    {
      draws,
      sample = false,
      dropout: rate = 0,
      bins: unrolled = this.architecture.bins.reconstruct,
    }: ForwardOptions = {},
    parameters: Parameters = this.#parameters,
  ): ForwardOutput {
    for (const batch of batches) this.#check(batch);
    const { bins, initialCondition, controller, variational } = this.architecture;
    if (!(Number.isInteger(unrolled) && unrolled >= 1 && unrolled <= bins.reconstruct)) {
      throw new Error(
        `LFADS.forward: bins must be an integer from 1 to ${bins.reconstruct}, got ${unrolled}`,
      );
    }
    const sampled = sample && variational;
    if (!draws && (sampled || rate > 0)) {
      throw new Error("LFADS.forward: sampling and dropout need draws");
    }
    const dropout: Dropout = draws && rate > 0 ? { rate, draws } : null;
    const encoder = scoped(parameters, "encoder");

    const inputs = batches.map((batch) => this.#readin(batch, parameters));
    const trials = inputs.map((x) => x.shape[0]!);
    const total = trials.reduce((sum, n) => sum + n, 0);
    const dropped = drop(join(inputs, 0), dropout, "encod_data");
    const data = swap(dropped); // [bins, trials, channels]
    const segment = bins.initialCondition;
    const part = (from: number, count: number) => slice(data, [from, 0, 0], [count, -1, -1]);

    const ic = this.#initialConditionEncoder.apply(encoder, segment > 0 ? part(0, segment) : data, dropout);
    const icSample = sampled
      ? add(ic.mean, mul(ic.std, initialCondition.prior.noise(draws!, "ic", ic.mean.shape)))
      : ic.mean;

    const encoded = this.#controllerInputEncoder?.apply(
      encoder,
      segment > 0 ? part(segment, bins.encode - segment) : data,
      { before: segment, after: bins.reconstruct - bins.encode },
    );
    const decoder = this.#decoder.apply(
      scoped(parameters, "decoder"),
      {
        initialCondition: icSample,
        bins: unrolled,
        controllerInput: encoded ? firstOf(encoded, 0, unrolled) : null,
        externalInputs: this.#externalInputs(batches, unrolled, dropout),
        noise:
          sampled && controller
            ? swap(controller.prior.noise(draws!, "co", [total, unrolled, controller.outputs]))
            : null,
      },
      dropout,
    );
    let row = 0;
    return {
      sessions: batches.map(({ session = 0 }, i) => {
        const from = row;
        row += trials[i]!;
        const own =
          trials.length === 1 ? decoder.factors : slice(decoder.factors, [0, from, 0], [-1, trials[i]!, -1]);
        const readout = this.#readouts[session]!;
        return {
          timeMajorFactors: own,
          get factors() {
            return swap(own);
          },
          get readout() {
            return readout.apply(scoped(parameters, `readout.${session}`), swap(own));
          },
        };
      }),
      initialCondition: ic,
      controllerOutput: decoder.controllerOutput && {
        mean: swap(decoder.controllerOutput.mean),
        std: swap(decoder.controllerOutput.std),
      },
      decoder,
    };
  }

  #readin(batch: Batch, parameters: Parameters): Tensor {
    const session = batch.session ?? 0;
    const readin = this.#readins[session];
    return readin ? readin.apply(scoped(parameters, `readin.${session}`), batch.encode) : batch.encode;
  }

  #externalInputs(batches: readonly Batch[], bins: number, dropout: Dropout): Tensor | null {
    if (this.architecture.externalInputs === 0) return null;
    const padded = batches.map(({ externalInputs }) => {
      const x = firstOf(externalInputs!, 1, bins);
      return x.shape[1] === bins
        ? x
        : pad(x, [
            [0, 0],
            [0, bins - x.shape[1]!],
            [0, 0],
          ]);
    });
    return swap(drop(join(padded, 0), dropout, "ext_input"));
  }

  #check({ session: index = 0, encode, externalInputs }: Batch): void {
    const { sessions, bins, externalInputs: width } = this.architecture;
    const session = sessions[index];
    if (!session)
      throw new Error(`LFADS.forward: session must be less than ${sessions.length}, got ${index}`);
    const [, encodedBins, channels] = encode.shape;
    if (encode.rank !== 3 || encodedBins !== bins.encode || channels !== session.encode) {
      throw new Error(
        `LFADS.forward: encode must be [trials, ${bins.encode}, ${session.encode}], got [${encode.shape}]`,
      );
    }
    if (width === 0 && !externalInputs) return;
    const [trials, inputBins, inputs] = externalInputs?.shape ?? [];
    if (trials !== encode.shape[0] || inputs !== width || inputBins! > bins.reconstruct) {
      throw new Error(
        `LFADS.forward: externalInputs must be [${encode.shape[0]}, at most ${bins.reconstruct}, ${width}], ` +
          `got ${externalInputs ? `[${externalInputs.shape}]` : "none"}`,
      );
    }
  }

  #init(): Parameters {
    const { seed, sessions, initialCondition, controller, readin } = this.architecture;
    const stream = RandomStream.fromSeed(seed).fork("parameters");
    const start = (map: AffineMap | null, module: Linear, name: string): Parameters =>
      prefixed(
        name,
        map
          ? {
              weight: tensor(Float32Array.from(map.weight), [module.outputs, module.inputs]),
              bias: tensor(Float32Array.from(map.bias), [module.outputs]),
            }
          : module.init(stream.fork(name)),
      );
    return {
      ...prefixed("encoder", this.#initialConditionEncoder.init(stream)),
      ...(this.#controllerInputEncoder && prefixed("encoder", this.#controllerInputEncoder.init(stream))),
      ...prefixed("decoder", this.#decoder.init(stream.fork("decoder"))),
      ...prefixed("ic_prior", initialCondition.prior.init(initialCondition.size)),
      ...(controller && prefixed("co_prior", controller.prior.init(controller.outputs))),
      ...Object.assign(
        {},
        ...sessions.map(({ reconstruct, reconstruction, ...session }, i) => ({
          ...(readin !== null && start(session.readin, this.#readins[i]!, `readin.${i}`)),
          ...start(session.readout, this.#readouts[i]!, `readout.${i}`),
          ...(reconstruction.init && prefixed(`recon.${i}`, reconstruction.init(reconstruct))),
        })),
      ),
    };
  }
}

function ownCell(name: string, make: (inputSize: number) => Cell, inputSize: number): Cell {
  const cell = make(inputSize);
  if (cell.inputSize !== inputSize) {
    throw new Error(`LFADS: the ${name}'s cell must take ${inputSize} inputs, got one for ${cell.inputSize}`);
  }
  return cell;
}

/** At most the first `count` entries of an axis. */
function firstOf(x: Tensor, axis: 0 | 1, count: number): Tensor {
  if (x.shape[axis]! <= count) return x;
  return slice(x, [0, 0, 0], axis === 0 ? [count, -1, -1] : [-1, count, -1]);
}

function join(tensors: readonly Tensor[], axis: number): Tensor {
  return tensors.length === 1 ? tensors[0]! : concat([...tensors], axis);
}
