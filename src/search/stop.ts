/** Whether a search has done enough. A pure function, to be replaced by your own. */
export interface StopRule {
  /** Name and options: plain JSON data, which goes into the record of the search. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * @param best the best score of each generation so far; null for a generation in which all members failed
   */
  stop(best: readonly (number | null)[]): boolean;
}

/** Options of {@link improvementRatio}. */
export interface ImprovementRatioOptions {
  /** Generations that are compared. At least 2. @default 4 */
  readonly generations?: number;
  /** Improvement, relative to the mean size of the scores, that is too small to go on. @default 5e-4 */
  readonly ratio?: number;
}

/**
 * Stops when the best scores b of the last generations have `(b_first - min b) / mean |b| <= ratio`. Generations in which all members
 * failed say nothing: none of those compared may be one. The first generation counts; it has the ramps behind it
 * (`burnIn` of `pbt`).
 *
 * Source: lfads-torch, ImprovementRatioStopper.
 *
 * @throws if an option is out of range
 */
export function improvementRatio({ generations = 4, ratio = 5e-4 }: ImprovementRatioOptions = {}): StopRule {
  if (!Number.isSafeInteger(generations) || generations < 2) {
    throw new Error(`improvementRatio: generations must be an integer of at least 2, got ${generations}`);
  }
  if (!(ratio >= 0 && ratio < Infinity)) {
    throw new Error(`improvementRatio: ratio must be a finite number, not negative, got ${ratio}`);
  }
  return {
    settings: { name: "improvementRatio", generations, ratio },
    stop(best) {
      const scores = best.slice(-generations).filter((score) => score !== null);
      if (scores.length < generations) return false;
      const size = scores.reduce((sum, score) => sum + Math.abs(score) / generations, 0);
      return scores[0]! - Math.min(...scores) <= ratio * size;
    },
  };
}
