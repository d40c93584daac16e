import type { NdArray } from "../data/ndarray";
import { type ConditionAverages, conditionAverages } from "./conditionAverages";
import { r2Score } from "./r2Score";
import { takeTrials } from "./select";

/**
 * How well rates explain the responses to conditions: R2 of their condition averages against a PSTH, uniform mean over
 * channels. The Neural Latents Benchmark smooths all trials (training ones too) for the PSTH:
 *
 * ```ts
 * import { conditionAverages, psthR2, simulateLorenz, smoothGaussian } from "lfads";
 *
 * const binMs = 10;
 * const { train, valid } = simulateLorenz({ conditions: 5, binSeconds: binMs / 1000 });
 * const psth = conditionAverages(
 *   smoothGaussian(train.reconstruct, { sd: 70 / binMs }),
 *   train.extras!.cond_idx!.data,
 * );
 * const r2 = psthR2(valid.truth!, valid.extras!.cond_idx!.data, psth);
 * ```
 *
 * @param rates `[trials, bins, channels]`, spikes per bin
 * @param labels the condition of every trial
 * @param psth condition averages of smoothed spikes; must hold every condition of the labels
 * @throws if a condition has no PSTH, or shapes do not agree
 */
export function psthR2(rates: NdArray, labels: ArrayLike<number>, psth: ConditionAverages): number {
  const { conditions, averages } = conditionAverages(rates, labels);
  const rows = conditions.map((condition) => {
    const row = psth.conditions.indexOf(condition);
    if (row < 0)
      throw new RangeError(`psthR2: psth must hold every condition of the labels, got none for ${condition}`);
    return row;
  });
  return r2Score(averages, takeTrials(psth.averages, rows));
}
