import {
  type Augmentation,
  coordinatedDropout,
  sampleValidation,
  selectiveBackpropThroughTime,
} from "../augmentations";
import { refuseUnknown } from "../data/refuseUnknown";
import type { LFADS } from "../model";
import type { KernelPath } from "../ops/kernelPath";
import type { AdamWOptions } from "./adamW";
import type { EarlyStoppingOptions } from "./earlyStopping";
import { firstBins, type Horizon } from "./horizon";
import type { Hyperparameters } from "./hyperparameters";
import type { EpochMetrics, SplitMetrics } from "./metrics";
import type { PlateauOptions } from "./plateau";
import type { Ramp } from "./ramp";
import type { TrainingState } from "./state";
import { estimateTrialsAtOnce } from "./trialsAtOnce";

/** Augmentations of a split, made from the current hyperparameters. */
export type AugmentationStack = (hyperparameters: Hyperparameters) => readonly Augmentation[];

/** Where a training stands. */
export interface Progress {
  /** Epoch under way, counted from 0, and how many there are at most. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done of this epoch, and how many there are. */
  readonly batch: number;
  readonly batches: number;
  /** What the operations run on. */
  readonly kernelPath: KernelPath;
  /** Metrics of the last complete epoch, if any. */
  readonly last?: EpochMetrics;
}

/** Options of `fit`. */
export interface FitOptions {
  /** @default defaultHyperparameters, or those of the state to resume */
  readonly hyperparameters?: Partial<Hyperparameters>;
  /** Trials in a batch, over all sessions. The last batch of an epoch may be smaller. @default 128 */
  readonly batchSize?: number;
  /**
   * Trials that are computed at once. A larger batch is computed in chunks whose gradients are added, for the same gradient in less
   * memory; every chunk draws its noise for itself.
   * @default as many as take about 2 GiB by an estimate
   */
  readonly trialsAtOnce?: number;
  /** Epochs at most, those of the state to resume included. @default 1000 */
  readonly epochs?: number;
  /** Seed of shuffling, sampling and masks. @default 0, or the random state to resume */
  readonly seed?: number | string;
  /**
   * Augmentations of training and validation batches. Where data has missing samples (NaN), selective backpropagation
   * through time follows by itself, and sample validation with `sampleValidation`, whose fixed samples no augmentation may move.
   * @default coordinated dropout of training batches, at the rate of the hyperparameters
   */
  readonly augmentations?: { readonly train?: AugmentationStack; readonly valid?: AugmentationStack };
  /** Hold samples out for the whole training, training and validation trials alike. @default none */
  readonly sampleValidation?: {
    readonly rate: number;
    /** @default 0 */
    readonly seed?: number | string;
  };
  /**
   * Trains on the first bins of the trials, and on more of them as epochs go by: the decoder unrolls no others, and the loss is that of
   * these bins. It helps generators that follow their own dynamics for long, such as neural ODEs. Encoders see all bins.
   *
   * Validation is of all bins in every epoch, so that scores compare and the best weights are those for whole trials. Early stopping
   * counts from the first epoch of all bins, and the learning rate decays from there. A training is resumed with the horizon it began with.
   * @default all bins from the first epoch
   */
  readonly horizon?: Horizon;
  /** How the divergences come in. @default over 80 epochs from the first */
  readonly klRamp?: Ramp;
  /** How L2 penalty and weight decay come in. @default over 80 epochs from the first */
  readonly l2Ramp?: Ramp;
  /** false keeps the learning rate. @default x 0.95 after 6 epochs without improvement */
  readonly learningRateDecay?: PlateauOptions | false;
  /** false trains for all epochs. @default after 60 epochs without improvement, counted from the end of the ramps */
  readonly earlyStopping?: EarlyStoppingOptions | false;
  /**
   * What validation is judged by, the lower the better; smoothed over epochs it decides on best weights, decay and
   * stopping. Never the total loss: it would favour small penalties.
   * @default the validation reconstruction loss, or the validation held-out loss with `sampleValidation`
   */
  readonly score?: (metrics: { readonly train: SplitMetrics; readonly valid: SplitMetrics }) => number;
  /** Weight of the past in the smoothed score. @default 0.3 */
  readonly smoothing?: number;
  /** Largest norm of all gradients together. @default 200 */
  readonly gradientClip?: number;
  /** Factor of the loss. @default 1e4 */
  readonly lossScale?: number;
  /** Sum the reconstruction loss over bins and channels instead of averaging it. @default false */
  readonly sumReconstruction?: boolean;
  readonly adamW?: AdamWOptions;
  /** Updates in a row that may be left out because they are not finite, before training stops. @default 10 */
  readonly maxSkipped?: number;
  /** A training to go on with. */
  readonly resume?: TrainingState | undefined;
  /** Where training states go. */
  readonly checkpoint?: {
    save(state: TrainingState): void | Promise<void>;
    /** Also save within epochs. @default never */
    readonly everyBatches?: number;
    /** @default 1 */
    readonly everyEpochs?: number;
  };
  /** Called after every batch and every epoch, and waited for: the model has its current weights. */
  readonly onProgress?: (progress: Progress) => void | Promise<void>;
  /** Stops training between two batches; the state can be resumed. */
  readonly signal?: AbortSignal;
}

type Defaulted =
  | "batchSize"
  | "trialsAtOnce"
  | "epochs"
  | "klRamp"
  | "l2Ramp"
  | "learningRateDecay"
  | "earlyStopping"
  | "score"
  | "smoothing"
  | "gradientClip"
  | "lossScale"
  | "sumReconstruction"
  | "adamW"
  | "maxSkipped";

/** {@link FitOptions} with all choices made. */
export type ResolvedFitOptions = Omit<FitOptions, Defaulted | "augmentations"> &
  Required<Pick<FitOptions, Defaulted>> & {
    readonly augmentations: {
      /** @param bins that are trained on @default all */
      readonly train: (hyperparameters: Hyperparameters, bins?: number) => readonly Augmentation[];
      readonly valid: AugmentationStack;
    };
  };

const OPTION_NAMES = [
  ...[
    "hyperparameters",
    "batchSize",
    "trialsAtOnce",
    "epochs",
    "seed",
    "augmentations",
    "sampleValidation",
    "horizon",
    "klRamp",
    "l2Ramp",
  ],
  ...[
    "learningRateDecay",
    "earlyStopping",
    "score",
    "smoothing",
    "gradientClip",
    "lossScale",
    "sumReconstruction",
  ],
  ...["adamW", "maxSkipped", "resume", "checkpoint", "onProgress", "signal"],
];

/**
 * Fills in the defaults.
 * @throws if an option is out of range
 */
export function resolveFitOptions(options: FitOptions, model: LFADS, missing: boolean): ResolvedFitOptions {
  refuseUnknown("fit", options, OPTION_NAMES);
  const { sampleValidation: held, score, augmentations = {} } = options;
  const { initialCondition: initialConditionBins, reconstruct: all } = model.architecture.bins;
  const observedOnly = missing ? [selectiveBackpropThroughTime()] : [];
  const heldInOnly = held ? [sampleValidation({ rate: held.rate, initialConditionBins })] : [];
  const fixed = (bins = all) =>
    bins < all
      ? // Samples are weighed by how many are observed in the first bins.
        [...heldInOnly, firstBins(bins, initialConditionBins), ...observedOnly]
      : [...observedOnly, ...heldInOnly];
  const dropout: AugmentationStack = ({ coordinatedDropout: rate, coordinatedDropoutPass: passRate }) =>
    rate > 0 ? [coordinatedDropout({ rate, passRate, initialConditionBins })] : [];
  const { train = dropout, valid = () => [] } = augmentations;
  const resolved: ResolvedFitOptions = {
    batchSize: 128,
    trialsAtOnce: estimateTrialsAtOnce(model.architecture),
    epochs: 1000,
    klRamp: { start: 0, increase: 80 },
    l2Ramp: { start: 0, increase: 80 },
    learningRateDecay: {},
    earlyStopping: {},
    smoothing: 0.3,
    gradientClip: 200,
    lossScale: 1e4,
    sumReconstruction: false,
    adamW: {},
    maxSkipped: 10,
    ...options,
    score: score ?? (({ valid }) => (held && held.rate > 0 ? valid.heldOut : valid.reconstruction)),
    augmentations: {
      train: (h, bins) => [...train(h), ...fixed(bins)],
      valid: (h) => [...valid(h), ...fixed()],
    },
  };
  const whole = (name: string, value: number, least: number) => {
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`fit: ${name} must be an integer of at least ${least}, got ${value}`);
    }
  };
  whole("batchSize", resolved.batchSize, 1);
  whole("trialsAtOnce", resolved.trialsAtOnce, 1);
  whole("epochs", resolved.epochs, 0);
  whole("maxSkipped", resolved.maxSkipped, 0);
  for (const name of ["everyBatches", "everyEpochs"] as const) {
    if (options.checkpoint?.[name] !== undefined) whole(`checkpoint.${name}`, options.checkpoint[name], 1);
  }
  if (!(resolved.smoothing >= 0 && resolved.smoothing < 1)) {
    throw new Error(`fit: smoothing must be in [0, 1), got ${resolved.smoothing}`);
  }
  for (const name of ["lossScale", "gradientClip"] as const) {
    const value = resolved[name];
    if (!(value > 0 && (name === "gradientClip" || value < Infinity))) {
      throw new Error(`fit: ${name} must be positive, got ${value}`);
    }
  }
  if (options.horizon) {
    refuseUnknown("fit: horizon", options.horizon, ["bins", "grow", "everyEpochs"]);
    for (const name of ["bins", "grow", "everyEpochs"] as const)
      whole(`horizon.${name}`, options.horizon[name], 1);
    if (options.horizon.bins > all) {
      throw new Error(
        `fit: horizon.bins must be at most the model's ${all} bins, got ${options.horizon.bins}`,
      );
    }
  }
  for (const name of ["klRamp", "l2Ramp"] as const) checkRamp(name, resolved[name]);
  return resolved;
}

function checkRamp(name: string, { start = 0, increase = 0 }: Ramp): void {
  for (const [field, value] of Object.entries({ start, increase })) {
    if (!(value >= 0 && value < Infinity)) {
      throw new Error(`fit: ${name}.${field} must be a finite number, not negative, got ${value}`);
    }
  }
}
