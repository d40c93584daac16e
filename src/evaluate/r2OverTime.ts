import type { NdArray } from "../data/ndarray";
import { r2Score } from "./r2Score";
import { selectRegion } from "./select";
import { requireSameShape, requireTrials } from "./table";

/**
 * R2 of successive parts of the trials, early to late: how far from its initial condition a model stays right. Parts have
 * `ceil(bins / parts)` bins, the last one the rest; each is scored against its own means.
 *
 * ```ts
 * import { r2OverTime, simulateLorenz, smoothGaussian } from "lfads";
 *
 * const { reconstruct, truth } = simulateLorenz({ conditions: 20, meanRate: 30 }).valid;
 * const [early, middle, late] = r2OverTime(smoothGaussian(reconstruct, { sd: 5 }), truth!);
 * ```
 *
 * @param prediction `[trials, bins, channels]`
 * @param truth the same shape
 * @param parts @default 3
 * @throws as {@link r2Score} does, and if there are fewer bins than parts
 */
export function r2OverTime(prediction: NdArray, truth: NdArray, parts = 3): number[] {
  requireSameShape("r2OverTime", "prediction and truth", prediction, truth);
  const [, bins] = requireTrials("r2OverTime", "truth", truth);
  const length = Math.ceil(bins / parts);
  if (!Number.isInteger(parts) || parts < 1 || (parts - 1) * length >= bins) {
    throw new RangeError(
      `r2OverTime: parts must be a whole number that ${bins} bins can be cut into, got ${parts}`,
    );
  }
  return Array.from({ length: parts }, (_, part) => {
    const region = { bins: [part * length, Math.min(bins, (part + 1) * length)] } as const;
    return r2Score(selectRegion(prediction, region), selectRegion(truth, region));
  });
}
