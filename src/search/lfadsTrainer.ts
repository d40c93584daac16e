import type { Dataset } from "../data";
import type { LFADS } from "../model";
import {
  defaultHyperparameters,
  deserializeTrainingState,
  type FitOptions,
  fit,
  type Hyperparameters,
  serializeTrainingState,
} from "../train";
import type { Trainer } from "./executor";
import { logMetrics } from "./log";
import { StopSearch } from "./stopSearch";
import type { Values } from "./values";

/** Options of {@link lfadsTrainer}. */
export interface LfadsTrainerOptions {
  /** A fresh model; `seed` differs from member to member. */
  readonly model: (seed: string) => LFADS;
  readonly data: Dataset | readonly Dataset[];
  /** How all members train. @default those of `fit`, but neither early stopping nor a decay of the learning rate */
  readonly fit?: Omit<FitOptions, "hyperparameters" | "epochs" | "seed" | "resume" | "onProgress" | "signal">;
  /** @default 0 */
  readonly seed?: number | string;
}

/**
 * Trains members that are LFADS models: copies a training state, changes its hyperparameters, goes on. The score is the smoothed
 * validation score of the last epoch (reconstruction loss, or that of held-out samples with sample validation).
 *
 * A member that takes over another one's state goes on with its weights and optimiser moments, at the learning rate of its own job.
 *
 * @example
 * ```ts
 * import { autolfadsSpace, inProcess, LFADS, lfadsTrainer, memoryStore } from "lfads";
 * import { pbt, runPopulation, simulateLorenz } from "lfads";
 *
 * const data = simulateLorenz({ conditions: 5, trialsPerCondition: 4, bins: 20 });
 * const trainer = lfadsTrainer({ model: (seed) => new LFADS({ channels: 30, bins: 20, seed }), data });
 * const store = memoryStore();
 * const scheduler = pbt({ space: autolfadsSpace });
 * const { best } = await runPopulation({ scheduler, executor: inProcess({ trainer, store }), store });
 * ```
 * @throws `StopSearch` from a job whose hyperparameters have an unknown name, before anything is trained
 */
export function lfadsTrainer({ model, data, fit: options = {}, seed = 0 }: LfadsTrainerOptions): Trainer {
  return async ({ member, generation, hyperparameters, epochs }, checkpoint, { signal, onProgress }) => {
    refuseUnknownNames(hyperparameters);
    const own = model(`${seed}/${member}`);
    try {
      const before = checkpoint && deserializeTrainingState(checkpoint);
      const result = await fit(own, data, {
        ...{ earlyStopping: false, learningRateDecay: false },
        ...options,
        ...{ hyperparameters: hyperparameters as Partial<Hyperparameters>, epochs, signal },
        ...(before && { resume: before }),
        seed: `${seed}/${member}/${generation}`,
        onProgress: ({ epoch, batch }) => {
          if (batch === 0) onProgress({ epoch, epochs });
        },
      });
      if (result.stopReason === "aborted") throw new Error("lfadsTrainer: the job was aborted");
      const last = result.history.at(-1);
      const failed = result.stopReason === "not finite" || !last;
      return {
        checkpoint: serializeTrainingState(result.state),
        score: failed ? Number.NaN : last.smoothedScore,
        metrics: last ? logMetrics(last) : {},
      };
    } finally {
      own.dispose();
    }
  };
}

function refuseUnknownNames(hyperparameters: Values): void {
  const unknown = Object.keys(hyperparameters).find((name) => !Object.hasOwn(defaultHyperparameters, name));
  if (unknown === undefined) return;
  const known = Object.keys(defaultHyperparameters).join(", ");
  throw new StopSearch(`lfadsTrainer: no hyperparameter is called "${unknown}", there are ${known}`);
}
