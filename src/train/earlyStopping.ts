/** When training stops by itself. */
export interface EarlyStoppingOptions {
  /** Epochs without improvement after which training stops. @default 60 */
  readonly patience?: number;
}

/** State of {@link earlyStopping}. */
export interface EarlyStoppingState {
  readonly best: number;
  readonly badEpochs: number;
}

/**
 * Early stopping as `{init, update, done}` over plain state. Epochs up to `burnIn` do not count: while the regularisers ramp up,
 * a score may get worse because the loss changes.
 *
 * @example
 * ```ts
 * import { earlyStopping } from "lfads";
 *
 * const stopping = earlyStopping({ patience: 2 });
 * let state = stopping.init();
 * let epoch = 0;
 * for (const score of [3, 2, 1, 1, 1, 1]) {
 *   state = stopping.update(state, epoch++, score);
 *   if (stopping.done(state)) break;
 * }
 * console.log(epoch); // 5
 * ```
 * @param burnIn last epoch, counted from 0, that does not count
 * @throws if the patience is not positive
 */
export function earlyStopping({ patience = 60 }: EarlyStoppingOptions = {}, burnIn = 0) {
  if (!(patience > 0)) throw new Error(`earlyStopping: patience must be positive, got ${patience}`);
  return {
    init: (): EarlyStoppingState => ({ best: Infinity, badEpochs: 0 }),
    update(state: EarlyStoppingState, epoch: number, score: number): EarlyStoppingState {
      if (epoch <= burnIn) return state;
      if (score < state.best) return { best: score, badEpochs: 0 };
      return { best: state.best, badEpochs: state.badEpochs + 1 };
    },
    done: ({ badEpochs }: EarlyStoppingState): boolean => badEpochs >= patience,
  };
}
