/** When the learning rate decays. */
export interface PlateauOptions {
  /** Factor of the learning rate at each decay. @default 0.95 */
  readonly factor?: number;
  /** Epochs without improvement that are waited for; one more decays. @default 6 */
  readonly patience?: number;
  /** The learning rate stays above this. @default 1e-5 */
  readonly min?: number;
}

/** State of {@link plateau}. */
export interface PlateauState {
  readonly learningRate: number;
  readonly best: number;
  readonly badEpochs: number;
}

/**
 * Learning-rate decay on plateau as `{init, update}` over plain state: when the score has not improved for more than
 * `patience` epochs, the rate is multiplied by `factor` (torch `ReduceLROnPlateau` with threshold 0).
 *
 * @example
 * ```ts
 * import { plateau } from "lfads";
 *
 * const { init, update } = plateau({ factor: 0.5, patience: 1 });
 * let state = init(1e-2);
 * for (const score of [2, 1, 1, 1]) state = update(state, score);
 * console.log(state.learningRate); // 0.005
 * ```
 * @throws if an option is out of range
 */
export function plateau({ factor = 0.95, patience = 6, min = 1e-5 }: PlateauOptions = {}) {
  if (!(factor > 0 && factor < 1)) throw new Error(`plateau: factor must be in (0, 1), got ${factor}`);
  if (!(patience >= 0)) throw new Error(`plateau: patience must not be negative, got ${patience}`);
  if (!(min >= 0)) throw new Error(`plateau: min must not be negative, got ${min}`);
  return {
    init: (learningRate: number): PlateauState => ({ learningRate, best: Infinity, badEpochs: 0 }),
    update({ learningRate, best, badEpochs }: PlateauState, score: number): PlateauState {
      if (score < best) return { learningRate, best: score, badEpochs: 0 };
      if (badEpochs < patience) return { learningRate, best, badEpochs: badEpochs + 1 };
      const decayed = Math.max(learningRate * factor, Math.min(min, learningRate));
      return { learningRate: decayed, best, badEpochs: 0 };
    },
  };
}
