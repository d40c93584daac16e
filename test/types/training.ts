/** What a user's compiler accepts and refuses about trainings; checked by `npm run types`, never run. */
import {
  type Dataset,
  defaultHyperparameters,
  type EpochMetrics,
  type FitResult,
  fit,
  type Hyperparameters,
  type KernelPath,
  type LFADS,
  type StopReason,
  type TrainingState,
} from "lfads";
import { loadTrainingState, progressBar, saveTrainingState } from "lfads/node";
import { expectTypeOf } from "vitest";

declare const model: LFADS;
declare const data: Dataset;
declare const rate: string;

expectTypeOf(fit(model, data)).resolves.toEqualTypeOf<FitResult>();
expectTypeOf(fit(model, [data, data])).resolves.toEqualTypeOf<FitResult>();
expectTypeOf<FitResult["history"]>().toEqualTypeOf<readonly EpochMetrics[]>();
expectTypeOf<FitResult["stopReason"]>().toEqualTypeOf<StopReason>();
// @ts-expect-error no data
fit(model);
// @ts-expect-error validation is missing
fit(model, { train: data.train });

fit(model, data, { hyperparameters: { learningRate: 1e-3 } });
fit(model, data, { hyperparameters: { ...defaultHyperparameters, dropout: 0.1 }, earlyStopping: false });
// @ts-expect-error unknown hyperparameter
fit(model, data, { hyperparameters: { learning_rate: 1e-3 } });
// @ts-expect-error not a number
fit(model, data, { hyperparameters: { learningRate: rate } });
// @ts-expect-error unknown option
fit(model, data, { epoch: 3 });
// @ts-expect-error there is only false
fit(model, data, { earlyStopping: true });
// @ts-expect-error defaults do not change
defaultHyperparameters.dropout = 0;

fit(model, data, {
  onProgress(progress) {
    expectTypeOf(progress.kernelPath).toEqualTypeOf<KernelPath>();
    expectTypeOf(progress.last).toEqualTypeOf<EpochMetrics | undefined>();
  },
  score({ valid }) {
    expectTypeOf(valid.reconstruction).toEqualTypeOf<number>();
    return valid.reconstruction;
  },
  augmentations: {
    train(hyperparameters) {
      expectTypeOf(hyperparameters).toEqualTypeOf<Hyperparameters>();
      return [];
    },
  },
  checkpoint: {
    save(state) {
      expectTypeOf(state).toEqualTypeOf<TrainingState>();
      return saveTrainingState("a", state);
    },
  },
});
fit(model, data, { onProgress: progressBar().onProgress });
fit(model, data, { onProgress: async () => {} });
// @ts-expect-error a score is a number
fit(model, data, { score: () => "low" });
// @ts-expect-error a stack makes augmentations
fit(model, data, { augmentations: { train: () => [0.3] } });

expectTypeOf(loadTrainingState("a")).resolves.toEqualTypeOf<TrainingState | undefined>();
fit(model, data, { resume: await loadTrainingState("a") });
// @ts-expect-error a path is no state
fit(model, data, { resume: "a" });
