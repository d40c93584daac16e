import {
  concat,
  keep,
  reshape,
  scalar,
  stack,
  type Tensor,
  type TensorContainer,
  tidy,
} from "@tensorflow/tfjs-core";
import { type Augmentation, augment, type Batch } from "../augmentations";
import type { NdArray } from "../data";
import { type ForwardOptions, type LFADS, type LossParts, lfadsLoss } from "../model";
import type { Parameters } from "../modules";
import { streamDraws } from "../ops";
import { kernelPath as currentPath, type KernelPath, onPath } from "../ops/kernelPath";
import { type Draws, RandomStream } from "../random";
import { type AdamWState, adamW } from "./adamW";
import { batchCount, batchIndices, type SessionTrials, uploadBatches } from "./batches";
import { checkResume } from "./checkResume";
import { type Computed, sumOverChunks } from "./chunks";
import { earlyStopping } from "./earlyStopping";
import type { ResolvedFitOptions } from "./fitOptions";
import { valueAndGradients } from "./gradients";
import { horizonAt, horizonEnd } from "./horizon";
import type { Hyperparameters } from "./hyperparameters";
import { addMetrics, type EpochMetrics, type MetricSums, meanMetrics, NO_METRICS } from "./metrics";
import { plateau } from "./plateau";
import { type Ramp, ramp, rampsEnd } from "./ramp";
import { smooth } from "./smooth";
import type { NamedArrays, TrainingSetup, TrainingState } from "./state";
import { toTensors } from "./weights";

/** A training under way: tensors and counters between two steps. `fit` drives it. */
export class Training {
  readonly batches: number;
  readonly #optimizer;
  readonly #plateau;
  readonly #stopping;
  readonly #random: RandomStream;
  readonly #setup: TrainingSetup;
  /** First epoch of all bins. */
  readonly #horizonEnd: number;
  #adam: AdamWState;
  #state: Omit<TrainingState, "parameters" | "optimizer" | "hyperparameters" | "random" | "kernelPath">;

  constructor(
    readonly model: LFADS,
    readonly train: readonly SessionTrials[],
    readonly valid: readonly SessionTrials[],
    readonly hyperparameters: Hyperparameters,
    readonly options: ResolvedFitOptions,
    /** Loaded. */
    readonly kernelPath: KernelPath = currentPath(),
  ) {
    const { resume, learningRateDecay } = options;
    this.batches = batchCount(train, options.batchSize);
    const { sampleValidation: held, horizon } = options;
    this.#setup = {
      batches: this.batches,
      sampleValidation: held ? { rate: held.rate, seed: held.seed ?? 0 } : null,
      ...(horizon && {
        horizon: { bins: horizon.bins, grow: horizon.grow, everyEpochs: horizon.everyEpochs },
      }),
    };
    this.#horizonEnd = horizonEnd(horizon, model.architecture.bins.reconstruct);
    if (resume) checkResume(model, resume, this.#setup);
    this.#optimizer = adamW(options.adamW);
    this.#plateau = learningRateDecay && plateau(learningRateDecay);
    this.#stopping =
      options.earlyStopping &&
      earlyStopping(
        options.earlyStopping,
        Math.max(rampsEnd([options.klRamp, options.l2Ramp]), this.#horizonEnd),
      );
    this.#random =
      resume && options.seed === undefined
        ? RandomStream.fromJSON(resume.random)
        : RandomStream.fromSeed(options.seed ?? 0).fork("training");
    const rate = hyperparameters.learningRate;
    if (resume) {
      model.setParameters(toTensors(resume.parameters));
      const { parameters: _, optimizer, ...counters } = resume;
      const { step, first, second } = optimizer;
      this.#adam = { step, first: toTensors(first), second: toTensors(second) };
      // A learning rate that was changed from outside takes effect at once, whatever has decayed before.
      const changed = resume.hyperparameters.learningRate !== rate;
      this.#state = {
        ...counters,
        setup: this.#setup,
        ...(changed && { plateau: { ...resume.plateau, learningRate: rate } }),
      };
    } else {
      this.#adam = this.#optimizer.init(this.#trained());
      this.#state = {
        epoch: 0,
        batch: 0,
        setup: this.#setup,
        sums: NO_METRICS,
        smoothedScore: null,
        best: null,
        plateau: plateau().init(rate),
        stopping: earlyStopping().init(),
        skipped: { row: 0, epoch: 0, total: 0 },
        history: [],
      };
    }
  }

  get epoch(): number {
    return this.#state.epoch;
  }

  /** Batches done of the current epoch. */
  get batch(): number {
    return this.#state.batch;
  }

  get history(): readonly EpochMetrics[] {
    return this.#state.history;
  }

  get best(): TrainingState["best"] {
    return this.#state.best;
  }

  get skippedInARow(): number {
    return this.#state.skipped.row;
  }

  /** Whether early stopping says so. */
  get converged(): boolean {
    return this.#stopping ? this.#stopping.done(this.#state.stopping) : false;
  }

  /**
   * One update of the parameters, left out when the loss or a gradient is not finite: it is computed before that is known, so that
   * numbers are waited for only once.
   */
  async step(): Promise<void> {
    const { options, hyperparameters } = this;
    const { epoch, batch } = this.#state;
    const stream = this.#random.fork("epoch").fork(epoch);
    const indices = batchIndices(this.train, options.batchSize, batch, stream.fork("order"));
    const draws = streamDraws(stream.fork(batch));
    const bins = horizonAt(epoch, options.horizon, this.model.architecture.bins.reconstruct);
    const { parameters, state, readback } = this.#tidy(() => {
      const augmentations = options.augmentations.train(hyperparameters, bins);
      const batches = this.#augmented(this.train, indices, augmentations, draws);
      const { parts, gradients } = sumOverChunks(batches, options.trialsAtOnce, draws, (chunk, own) =>
        this.#gradients(chunk, batches, own, bins),
      );
      const { parameters, state, norm } = this.#update(gradients);
      return { parameters, state: { ...state }, readback: concat([parts, reshape(norm, [1])]) };
    });
    const values = await readback.data();
    readback.dispose();
    const finite = Number.isFinite(values[0]) && Number.isFinite(values[values.length - 1]);
    const { skipped, sums } = this.#state;
    if (finite) {
      this.dispose();
      this.#adam = state;
      this.model.setParameters(parameters);
    } else for (const group of [parameters, state.first, state.second]) disposeAll(group);
    this.#state = {
      ...this.#state,
      batch: batch + 1,
      sums: finite ? addMetrics(sums, values, totalOf(indices)) : sums,
      skipped: finite
        ? { ...skipped, row: 0 }
        : { row: skipped.row + 1, epoch: skipped.epoch + 1, total: skipped.total + 1 },
    };
  }

  /** Validation and everything that happens between two epochs. */
  async endEpoch(): Promise<EpochMetrics> {
    const { epoch, sums, skipped, smoothedScore, best } = this.#state;
    const valid = meanMetrics(await this.#validate());
    const { gradientNorm, ...train } = meanMetrics(sums);
    const { gradientNorm: _, ...validMetrics } = valid;
    const score = this.options.score({ train, valid: validMetrics });
    const smoothed = smooth(smoothedScore, score, this.options.smoothing);
    const metrics: EpochMetrics = {
      epoch,
      train,
      valid: validMetrics,
      smoothedScore: smoothed,
      learningRate: this.#learningRate,
      klRamp: this.#ramp(this.options.klRamp),
      l2Ramp: this.#ramp(this.options.l2Ramp),
      gradientNorm,
      skipped: skipped.epoch,
    };
    // One epoch that is not finite is no improvement and must not spoil the score of all that follow.
    const finite = Number.isFinite(smoothed);
    const judged = finite ? smoothed : Infinity;
    const improved = judged < (best?.score ?? Infinity);
    this.#state = {
      ...this.#state,
      epoch: epoch + 1,
      batch: 0,
      sums: NO_METRICS,
      smoothedScore: finite ? smoothed : smoothedScore,
      best: improved ? { score: smoothed, epoch, parameters: await toArrays(this.model.parameters) } : best,
      plateau:
        this.#plateau && epoch >= this.#horizonEnd
          ? this.#plateau.update(this.#state.plateau, judged)
          : this.#state.plateau,
      stopping: this.#stopping
        ? this.#stopping.update(this.#state.stopping, epoch, judged)
        : this.#state.stopping,
      skipped: { ...skipped, epoch: 0 },
      history: [...this.#state.history, metrics],
    };
    return metrics;
  }

  /** The state that a later training goes on from. */
  async snapshot(): Promise<TrainingState> {
    const { step, first, second } = this.#adam;
    return {
      ...this.#state,
      parameters: await toArrays(this.model.parameters),
      optimizer: { step, first: await toArrays(first), second: await toArrays(second) },
      hyperparameters: this.hyperparameters,
      random: this.#random.toJSON(),
      kernelPath: this.kernelPath,
    };
  }

  /** Gives the model the best weights so far. */
  restoreBest(): void {
    if (this.#state.best) this.model.setParameters(toTensors(this.#state.best.parameters));
  }

  dispose(): void {
    disposeAll(this.#adam.first);
    disposeAll(this.#adam.second);
  }

  #tidy<T extends TensorContainer>(body: () => T): T {
    return onPath(this.kernelPath, () => tidy(body));
  }

  get #learningRate(): number {
    return this.#state.plateau.learningRate;
  }

  #ramp(options: Ramp): number {
    return ramp(this.#state.epoch, options);
  }

  #trained(): Parameters {
    return Object.fromEntries(
      Object.entries(this.model.parameters).filter(([name]) => !this.model.frozen.has(name)),
    );
  }

  #gradients(chunk: readonly Batch[], whole: readonly Batch[], draws: Draws, bins: number): Computed {
    let parts: Tensor | undefined;
    try {
      const { gradients } = valueAndGradients(() => {
        const loss = this.#loss(chunk, whole, draws, { dropout: this.hyperparameters.dropout, bins });
        parts = keep(pack(loss));
        return loss.total;
      }, this.#trained());
      return { parts: parts!.clone(), gradients };
    } finally {
      parts?.dispose();
    }
  }

  #update(gradients: Parameters) {
    return this.#optimizer.update(this.#adam, this.#trained(), gradients, {
      learningRate: this.#learningRate,
      weightDecay: this.hyperparameters.weightDecay * this.#ramp(this.options.l2Ramp),
      gradientClip: this.options.gradientClip,
    });
  }

  async #validate(): Promise<MetricSums> {
    const { options, hyperparameters } = this;
    const stream = this.#random.fork("validation").fork(this.#state.epoch);
    let sums = NO_METRICS;
    for (let batch = 0; batch < batchCount(this.valid, options.batchSize); batch++) {
      const indices = batchIndices(this.valid, options.batchSize, batch);
      const draws = streamDraws(stream.fork(batch));
      const parts = this.#tidy(() => {
        const augmentations = options.augmentations.valid(hyperparameters);
        const batches = this.#augmented(this.valid, indices, augmentations, draws);
        return sumOverChunks(batches, options.trialsAtOnce, draws, (chunk, own) => ({
          parts: pack(this.#loss(chunk, batches, own)),
          gradients: {},
        })).parts;
      });
      const values = await parts.data();
      parts.dispose();
      sums = addMetrics(sums, [...values, Number.NaN], totalOf(indices));
    }
    return sums;
  }

  #augmented(
    sessions: readonly SessionTrials[],
    indices: readonly Uint32Array[],
    augmentations: readonly Augmentation[],
    draws: Draws,
  ): Batch[] {
    return uploadBatches(sessions, indices).map((batch, session) =>
      augment(batch, augmentations, draws.fork(`session/${session}`)),
    );
  }

  #loss(
    chunk: readonly Batch[],
    whole: readonly Batch[],
    draws: Draws,
    how: Pick<ForwardOptions, "dropout" | "bins"> = {},
  ): LossParts {
    const { model, options, hyperparameters } = this;
    const output = model.forward(chunk, { draws, sample: true, ...how });
    return lfadsLoss(model, chunk, output, {
      whole,
      scales: hyperparameters,
      draws,
      klRamp: this.#ramp(options.klRamp),
      l2Ramp: this.#ramp(options.l2Ramp),
      lossScale: options.lossScale,
      sumReconstruction: options.sumReconstruction,
    });
  }
}

/** In the order of `BATCH_METRICS`, without the gradient norm. */
function pack(loss: LossParts): Tensor {
  const { total, reconstruction, klInitialCondition, klControllerOutput, l2, heldOut } = loss;
  const none = scalar(Number.NaN);
  return stack([total, reconstruction, klInitialCondition, klControllerOutput, l2, heldOut ?? none]);
}

function totalOf(indices: readonly Uint32Array[]): number {
  return indices.reduce((sum, rows) => sum + rows.length, 0);
}

async function toArrays(parameters: Parameters): Promise<NamedArrays> {
  const entries = Object.entries(parameters).map(
    async ([name, value]): Promise<[string, NdArray<Float32Array>]> => {
      const data = (await value.data()) as Float32Array;
      return [name, { data: data.slice(), shape: value.shape }];
    },
  );
  return Object.fromEntries(await Promise.all(entries));
}

function disposeAll(parameters: Parameters): void {
  for (const value of Object.values(parameters)) value.dispose();
}
