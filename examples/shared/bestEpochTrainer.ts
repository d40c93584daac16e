import {
  deserializeTrainingState,
  type LFADS,
  type LfadsTrainerOptions,
  lfadsTrainer,
  type Trainer,
  useBestWeights,
} from "lfads";

/**
 * Trains members as `lfadsTrainer` does, but a member's score is that of its best epoch, and `measure` adds to its metrics what it
 * finds out about the model with the weights of that epoch; without it, nothing is added.
 */
export function bestEpochTrainer(
  options: LfadsTrainerOptions,
  measure?: (model: LFADS) => Promise<Readonly<Record<string, number>>>,
): Trainer {
  const train = lfadsTrainer(options);
  return async (job, checkpoint, context) => {
    const trained = await train(job, checkpoint, context);
    const state = deserializeTrainingState(trained.checkpoint);
    if (!state.best || Number.isNaN(trained.score)) return trained;
    const best = { ...trained, score: state.best.score };
    if (!measure) return best;
    const model = options.model(`${options.seed ?? 0}/${job.member}`);
    try {
      useBestWeights(model, state);
      return { ...best, metrics: { ...trained.metrics, ...(await measure(model)) } };
    } finally {
      model.dispose();
    }
  };
}
