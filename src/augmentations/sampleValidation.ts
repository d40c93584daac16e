import { concat, div, fill, mul, slice, sub, type Tensor } from "@tensorflow/tfjs-core";
import { padTo } from "../ops/padTo";
import { type Augmentation, requireRate, times } from "./batch";

/** Options of {@link sampleValidation}. */
export interface SampleValidationOptions {
  /** Fraction of samples held out, the one the mask was drawn with. */
  readonly rate: number;
  /** Bins at the start that only the initial-condition encoder sees; their samples stay in. @default 0 */
  readonly initialConditionBins?: number;
  /** Where the reproduction of other implementations must differ. @default none */
  readonly compatibility?: {
    /**
     * lfads-torch weights the loss of bin 0 by the mask of bin `initialConditionBins`, and so on, so that with an
     * initial-condition segment it weights the wrong bins. @default false
     */
    readonly maskFromFirstBin?: boolean;
  };
}

/**
 * Sample validation (Keshtkaran & Pandarinath 2019): samples that are held out for the whole training, on training and
 * validation trials alike, by the fixed mask `heldIn` of the batch. Held-out samples are dropped from the input and have
 * no weight in the loss; held-in ones are scaled by `1 / (1 - rate)` in both. The loss of the held-out samples, scaled by
 * `1 / rate`, is reported as the held-out loss: a score that copying spikes cannot improve.
 *
 * @example
 * ```ts
 * import { ones, tensor } from "@tensorflow/tfjs-core";
 * import { RandomStream, sampleValidation, streamDraws } from "lfads";
 *
 * const spikes = ones([1, 5, 1]);
 * const heldIn = tensor([1, 1, 0, 1, 1], [1, 5, 1]); // drawn by the option of `fit`
 * const augmentation = sampleValidation({ rate: 0.2 });
 * const draws = streamDraws(RandomStream.fromSeed(0));
 * const batch = augmentation({ encode: spikes, reconstruct: spikes, heldIn }, draws);
 * console.log(batch.encode.dataSync().join()); // 1.25,1.25,0,1.25,1.25
 * console.log(batch.heldOutWeight!.dataSync().join()); // 0,0,5,0,0
 * ```
 * @throws if the rate is out of range, or a batch has no `heldIn` mask of the shape of `encode`
 */
export function sampleValidation({
  rate,
  initialConditionBins: segment = 0,
  compatibility: { maskFromFirstBin = false } = {},
}: SampleValidationOptions): Augmentation {
  requireRate("sampleValidation", "rate", rate);
  if (!Number.isInteger(segment) || segment < 0) {
    throw new Error(`sampleValidation: initialConditionBins must be a non-negative integer, got ${segment}`);
  }
  return (batch) => {
    if (rate === 0) return batch;
    const { heldIn, encode, reconstruct } = batch;
    if (!heldIn || `${heldIn.shape}` !== `${encode.shape}`) {
      throw new Error(
        `sampleValidation: heldIn must have the shape of encode [${encode.shape}], got [${heldIn?.shape}]`,
      );
    }
    const [trials, bins, channels] = encode.shape as [number, number, number];
    const mask = slice(heldIn, [0, segment, 0], [trials, bins - segment, channels]);
    const afterSegment = (weight: Tensor, value: number) =>
      segment > 0 ? concat([fill([trials, segment, channels], value), weight], 1) : weight;
    const held = div(mask, 1 - rate);
    // Scaled so that the mean over all encoded bins is that over the bins that can be held out.
    const out = mul(sub(1, mask), (maskFromFirstBin ? 1 : bins / (bins - segment)) / rate);
    const lossWeight = padTo(maskFromFirstBin ? held : afterSegment(held, 1), reconstruct.shape, 1);
    const heldOutWeight = maskFromFirstBin ? out : afterSegment(out, 0);
    const before = batch.lossWeight && slice(batch.lossWeight, [0, 0, 0], size(heldOutWeight));
    return {
      ...batch,
      encode: mul(encode, afterSegment(held, 1)),
      lossWeight: times(batch.lossWeight, lossWeight),
      heldOutWeight: times(before, heldOutWeight),
    };
  };
}

function size(x: Tensor): [number, number, number] {
  return x.shape as [number, number, number];
}
