import {
  cast,
  div,
  fill,
  logicalNot,
  mean,
  isNaN as missing,
  mul,
  slice,
  type Tensor,
  where,
} from "@tensorflow/tfjs-core";
import { type Augmentation, times } from "./batch";

/**
 * Selective backpropagation through time (Zhu et al. 2021): NaN marks samples that were not observed. They enter the
 * encoders as 0 and have no weight in the loss; the others are scaled by `1 / fraction observed`, so that the mean of the
 * loss keeps its size.
 *
 * @example
 * ```ts
 * import { tensor } from "@tensorflow/tfjs-core";
 * import { RandomStream, selectiveBackpropThroughTime, streamDraws } from "lfads";
 *
 * const spikes = tensor([1, Number.NaN, 2, 0], [1, 4, 1]); // the second bin was not observed
 * const draws = streamDraws(RandomStream.fromSeed(0));
 * const augmentation = selectiveBackpropThroughTime();
 * const { encode, lossWeight } = augmentation({ encode: spikes, reconstruct: spikes }, draws);
 * console.log(encode.dataSync().join(), lossWeight!.dataSync()[1]); // 1,0,2,0 0
 * ```
 */
export function selectiveBackpropThroughTime(): Augmentation {
  return (batch) => {
    const observed = cast(logicalNot(missing(batch.reconstruct)), "float32");
    const weight = div(observed, mean(observed));
    const { heldOutWeight } = batch;
    return {
      ...batch,
      encode: replaceMissing(batch.encode, 0),
      observed,
      // Any value in the support of every reconstruction will do: its loss has no weight.
      reconstruct: replaceMissing(batch.reconstruct, 10),
      lossWeight: times(batch.lossWeight, weight),
      ...(heldOutWeight && {
        heldOutWeight: mul(
          heldOutWeight,
          slice(weight, [0, 0, 0], heldOutWeight.shape as [number, number, number]),
        ),
      }),
    };
  };
}

function replaceMissing(x: Tensor, value: number): Tensor {
  return where(missing(x), fill(x.shape, value), x);
}
