import { type Dataset, type NdArray, sampleValidationMask, validateDataset } from "../data";
import { loadKernels, loadRecordedPath } from "../kernels/paths";
import type { LFADS } from "../model";
import { pauses } from "../model/pauses";
import { hasMissing, type SessionTrials } from "./batches";
import { type FitOptions, type Progress, resolveFitOptions } from "./fitOptions";
import { defaultHyperparameters, resolveHyperparameters } from "./hyperparameters";
import type { EpochMetrics } from "./metrics";
import type { TrainingState } from "./state";
import { Training } from "./training";

/** Why a training ended. */
export type StopReason =
  /** All epochs are done. */
  | "epochs"
  /** No improvement for as long as early stopping waits. */
  | "converged"
  /** The signal was aborted. */
  | "aborted"
  /** Too many updates in a row had a loss or gradient that was not finite. */
  | "not finite";

/** What a training leaves. */
export interface FitResult {
  /** To go on with; holds the last weights and the best. */
  readonly state: TrainingState;
  readonly history: readonly EpochMetrics[];
  /** Smoothed score and epoch of the best weights, which the model now has; null before the first epoch ended. */
  readonly best: { readonly score: number; readonly epoch: number } | null;
  readonly stopReason: StopReason;
}

/**
 * Trains a model. Afterwards the model has the weights of the best smoothed validation score.
 *
 * Everything is drawn from `seed`: the same call gives the same result on one backend, and so does a training that was
 * interrupted and resumed from any of its states.
 *
 * @example
 * ```ts
 * import { fit, LFADS, simulateLorenz } from "lfads";
 *
 * const dataset = simulateLorenz({ conditions: 10, trialsPerCondition: 5, bins: 20 });
 * const model = new LFADS({ channels: 30, bins: 20 });
 * const { best, history } = await fit(model, dataset, {
 *   hyperparameters: { learningRate: 2e-3, coordinatedDropout: 0.3 },
 *   batchSize: 32,
 *   epochs: 200,
 *   onProgress: ({ epoch, last }) => console.log(epoch, last?.smoothedScore),
 * });
 * ```
 * @param data one data set for each session of the model, in their order
 * @throws if the data does not fit the model, or an option is out of range: before any work starts
 */
export async function fit(
  model: LFADS,
  data: Dataset | readonly Dataset[],
  options: FitOptions = {},
): Promise<FitResult> {
  const datasets = Array.isArray(data) ? (data as readonly Dataset[]) : [data as Dataset];
  checkData(model, datasets);
  const missing = datasets.some(({ train, valid }) => hasMissing(train) || hasMissing(valid));
  const resolved = resolveFitOptions(options, model, missing);
  const hyperparameters = resolveHyperparameters(
    options.hyperparameters,
    options.resume?.hyperparameters ?? defaultHyperparameters,
  );
  if (options.sampleValidation) {
    for (const split of ["train", "valid"] as const) {
      if (resolved.augmentations[split](hyperparameters).some(({ movesSamples }) => movesSamples)) {
        throw new Error(
          `fit: sampleValidation holds fixed samples out, so no augmentation may move samples, got one in ${split}`,
        );
      }
    }
  }
  const split = (name: "train" | "valid"): SessionTrials[] =>
    datasets.map((dataset, session) => ({
      trials: dataset[name],
      ...(options.sampleValidation && {
        heldIn: heldInMask(dataset[name].encode, options.sampleValidation, `${session}/${name}`),
      }),
    }));
  const { resume } = options;
  const path = await (resume ? loadRecordedPath(resume.kernelPath) : loadKernels());
  const training = new Training(model, split("train"), split("valid"), hyperparameters, resolved, path);
  try {
    const stopReason = await run(training, resolved);
    const state = await training.snapshot();
    training.restoreBest();
    const best = state.best && { score: state.best.score, epoch: state.best.epoch };
    return { state, history: state.history, best, stopReason };
  } finally {
    training.dispose();
  }
}

async function run(
  training: Training,
  { epochs, maxSkipped, checkpoint, onProgress, signal }: ReturnType<typeof resolveFitOptions>,
): Promise<StopReason> {
  const report = () => {
    const last = training.history.at(-1);
    const { epoch, batch, batches, kernelPath } = training;
    const progress: Progress = { epoch, epochs, batch, batches, kernelPath, ...(last && { last }) };
    return onProgress?.(progress);
  };
  const pause = pauses();
  while (training.epoch < epochs) {
    if (training.converged) return "converged";
    while (training.batch < training.batches) {
      if (signal?.aborted) return "aborted";
      await training.step();
      await pause();
      if (training.skippedInARow > maxSkipped) return "not finite";
      await report();
      const every = checkpoint?.everyBatches;
      if (every && training.batch % every === 0 && training.batch < training.batches) {
        await checkpoint.save(await training.snapshot());
      }
    }
    await training.endEpoch();
    await report();
    if (checkpoint && training.epoch % (checkpoint.everyEpochs ?? 1) === 0) {
      await checkpoint.save(await training.snapshot());
    }
  }
  return training.converged ? "converged" : "epochs";
}

function heldInMask(
  { shape }: NdArray,
  { rate, seed = 0 }: NonNullable<FitOptions["sampleValidation"]>,
  name: string,
): NdArray {
  return sampleValidationMask(shape, { rate, seed: `${seed}/${name}` });
}

function checkData(model: LFADS, datasets: readonly Dataset[]): void {
  const { sessions, bins, externalInputs } = model.architecture;
  if (datasets.length !== sessions.length) {
    throw new Error(`fit: the model has ${sessions.length} sessions, got ${datasets.length} data sets`);
  }
  datasets.forEach((dataset, i) => {
    const { encode, reconstruct, reconstruction } = sessions[i]!;
    for (const name of ["train", "valid"] as const) {
      if (!dataset?.[name])
        throw new Error(`fit: data set ${i} must have training and validation trials, got no ${name}`);
    }
    validateDataset(dataset, { counts: reconstruction.counts });
    const { support } = reconstruction;
    for (const name of support ? (["train", "valid"] as const) : []) {
      const wrong = dataset[name].reconstruct.data.find(
        (value) => !Number.isNaN(value) && !support!.has(value),
      );
      if (wrong !== undefined) {
        throw new Error(`fit: ${name}.reconstruct of session ${i} must be ${support!.rule}, got ${wrong}`);
      }
    }
    for (const name of ["train", "valid"] as const) {
      const expected = {
        encode: [bins.encode, encode],
        reconstruct: [bins.reconstruct, reconstruct],
      };
      for (const field of ["encode", "reconstruct"] as const) {
        const got = dataset[name][field].shape.slice(1);
        if (`${got}` !== `${expected[field]}`) {
          throw new Error(
            `fit: ${name}.${field} of session ${i} must have [bins, channels] = [${expected[field]}], got [${got}]`,
          );
        }
      }
      const inputs = dataset[name].externalInputs?.shape[2] ?? 0;
      if (inputs !== externalInputs) {
        throw new Error(`fit: session ${i} must have ${externalInputs} external inputs, got ${inputs}`);
      }
    }
  });
}
