import { type NdArray, ndarray } from "../data/ndarray";
import { requireTrials } from "./table";

/** Mean over the trials of each condition: peri-stimulus time histograms. */
export interface ConditionAverages {
  /** Condition labels, ascending. */
  readonly conditions: readonly number[];
  /** `[conditions, bins, channels]` */
  readonly averages: NdArray<Float64Array>;
  /** Trials of each condition. */
  readonly trials: readonly number[];
}

/**
 * Averages spikes or rates over the trials of every condition. NaN is left out; a bin that no trial of the condition
 * observed is NaN.
 *
 * @example
 * ```ts
 * import { conditionAverages, ndarray } from "lfads";
 *
 * const spikes = ndarray(Float32Array.of(0, 2, 2, 4, 5, 5), [3, 2, 1]); // 3 trials of 2 bins
 * const { conditions, averages, trials } = conditionAverages(spikes, [7, 7, 3]);
 * console.log(conditions, trials); // [ 3, 7 ] [ 1, 2 ]
 * console.log(averages.data.join()); // 5,5,1,3
 * ```
 * @param values `[trials, bins, channels]`
 * @param labels the condition of every trial
 * @throws if there is not one label per trial
 */
export function conditionAverages(values: NdArray, labels: ArrayLike<number>): ConditionAverages {
  const [trials, bins, channels] = requireTrials("conditionAverages", "values", values);
  if (labels.length !== trials) {
    throw new RangeError(
      `conditionAverages: labels must name one condition per trial (${trials}), got ${labels.length}`,
    );
  }
  const conditions = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  const size = bins * channels;
  const data = new Float64Array(conditions.length * size);
  const observed = new Float64Array(data.length);
  const counts = conditions.map(() => 0);
  for (let trial = 0; trial < trials; trial++) {
    const condition = conditions.indexOf(labels[trial]!);
    counts[condition]! += 1;
    for (let i = 0; i < size; i++) {
      const value = values.data[trial * size + i]!;
      if (Number.isNaN(value)) continue;
      data[condition * size + i]! += value;
      observed[condition * size + i]! += 1;
    }
  }
  const averages = ndarray(
    data.map((sum, i) => sum / observed[i]!),
    [conditions.length, bins, channels],
  );
  return { conditions, averages, trials: counts };
}
