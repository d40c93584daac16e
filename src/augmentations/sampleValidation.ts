import { concat, div, mul, ones, slice, sub } from "@tensorflow/tfjs-core";
import { type Augmentation, padTo, requireRate, times } from "./batch";

/** Options of {@link sampleValidation}. */
export interface SampleValidationOptions {
  /** Fraction of samples held out, the one the mask was drawn with. */
  readonly rate: number;
  /** Bins at the start that only the initial-condition encoder sees; their samples stay in. @default 0 */
  readonly initialConditionBins?: number;
}

/**
 * Sample validation (Keshtkaran & Pandarinath 2019): samples that are held out for the whole training, on training and
 * validation trials alike, by the fixed mask `heldIn` of the batch. Held-out samples are dropped from the input and have
 * no weight in the loss; held-in ones are scaled by `1 / (1 - rate)` in both. The loss of the held-out samples, scaled by
 * `1 / rate`, is reported as the held-out loss: a score that copying spikes cannot improve.
 *
 * @throws if the rate is out of range, or a batch has no `heldIn` mask of the shape of `encode`
 */
export function sampleValidation({ rate, initialConditionBins = 0 }: SampleValidationOptions): Augmentation {
  requireRate("sampleValidation", "rate", rate);
  return (batch) => {
    if (rate === 0) return batch;
    const { heldIn, encode } = batch;
    if (!heldIn || `${heldIn.shape}` !== `${encode.shape}`) {
      throw new Error(
        `sampleValidation: heldIn must have the shape of encode [${encode.shape}], got [${heldIn?.shape}]`,
      );
    }
    const [trials, bins, channels] = encode.shape as [number, number, number];
    const scaled = div(heldIn, 1 - rate);
    const weight =
      initialConditionBins > 0
        ? concat(
            [
              ones([trials, initialConditionBins, channels]),
              slice(scaled, [0, initialConditionBins, 0], [trials, bins - initialConditionBins, channels]),
            ],
            1,
          )
        : scaled;
    const heldOut = div(sub(1, heldIn), rate);
    return {
      ...batch,
      encode: mul(encode, weight),
      lossWeight: times(batch.lossWeight, padTo(weight, batch.reconstruct.shape, 1)),
      heldOutWeight: times(
        batch.lossWeight && slice(batch.lossWeight, [0, 0, 0], [trials, bins, channels]),
        heldOut,
      ),
    };
  };
}
