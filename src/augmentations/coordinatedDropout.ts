import { concat, maximum, ones, slice } from "@tensorflow/tfjs-core";
// Not from ops/index.ts, with which the random streams would come into the bundle of an augmentation.
import { dropped } from "../ops/dropped";
import { masked } from "../ops/masked";
import { padTo } from "../ops/padTo";
import { type Augmentation, requireRate, times } from "./batch";

/** Options of {@link coordinatedDropout}. */
export interface CoordinatedDropoutOptions {
  /** Probability of dropping an input sample. */
  readonly rate: number;
  /** Probability that a sample that was seen still passes its gradient. @default 0 */
  readonly passRate?: number;
  /** Bins at the start that only the initial-condition encoder sees; they are neither dropped nor masked. @default 0 */
  readonly initialConditionBins?: number;
  /** Where the reproduction of other implementations must differ. @default none */
  readonly compatibility?: CoordinatedDropoutCompatibility;
}

/** Deviations of other implementations, for reproducing their results. */
export interface CoordinatedDropoutCompatibility {
  /**
   * lfads-torch puts the gradient mask of bins `initialConditionBins..` at bin 0, so that with an initial-condition
   * segment it blocks the wrong bins. @default false
   */
  readonly maskFromFirstBin?: boolean;
  /**
   * autolfads-tf2 draws the masks for all reconstructed samples, so that held-out channels and predicted bins lose part of
   * their gradients. @default false
   */
  readonly maskAll?: boolean;
}

/**
 * Coordinated dropout (Keshtkaran & Pandarinath 2019): input samples are dropped at random and the others scaled by
 * `1 / (1 - rate)`, while the reconstruction loss passes gradients only where the input was dropped. So a model cannot
 * lower its loss by copying spikes. The value of the loss does not change. Held-out channels and predicted bins, which
 * are no input, always pass gradients.
 *
 * @example
 * ```ts
 * import { ones } from "@tensorflow/tfjs-core";
 * import { coordinatedDropout, RandomStream, streamDraws } from "lfads";
 *
 * const spikes = ones([1, 5, 1]);
 * const draws = streamDraws(RandomStream.fromSeed(1));
 * const augmentation = coordinatedDropout({ rate: 0.5 });
 * const { encode, gradientMask } = augmentation({ encode: spikes, reconstruct: spikes }, draws);
 * console.log(encode.dataSync().join()); // 2,0,0,2,2
 * console.log(gradientMask!.dataSync().join()); // 0,1,1,0,0
 * ```
 * @throws if a rate is out of range
 */
export function coordinatedDropout({
  rate,
  passRate = 0,
  initialConditionBins = 0,
  compatibility: { maskFromFirstBin = false, maskAll = false } = {},
}: CoordinatedDropoutOptions): Augmentation {
  requireRate("coordinatedDropout", "rate", rate);
  if (!(passRate >= 0 && passRate <= 1)) {
    throw new Error(`coordinatedDropout: passRate must be in [0, 1], got ${passRate}`);
  }
  if (!Number.isInteger(initialConditionBins) || initialConditionBins < 0) {
    throw new Error(
      `coordinatedDropout: initialConditionBins must be a non-negative integer, got ${initialConditionBins}`,
    );
  }
  // Rate 0 drops nothing, but there is nothing to hide either.
  const passes = rate > 0 ? passRate : 1;
  return (batch, draws) => {
    const { encode, reconstruct } = batch;
    const [trials, bins, channels] = encode.shape as [number, number, number];
    const segment = [trials, initialConditionBins, channels] as [number, number, number];
    const encoded = [trials, bins - initialConditionBins, channels] as [number, number, number];
    const shape = maskAll ? reconstruct.shape : encoded;
    const input = draws.bernoulli("cd_input", shape, 1 - rate, 1 / (1 - rate));
    const behind = initialConditionBins > 0 && !maskFromFirstBin;
    let gradient = dropped(input, behind ? shape : reconstruct.shape);
    if (passes > 0) {
      gradient = maximum(gradient, padTo(draws.bernoulli("cd_pass", shape, passes), gradient.shape, 1));
    }
    if (behind) gradient = concat([ones(segment), gradient], 1);
    const seen = maskAll ? slice(input, [0, 0, 0], encoded) : input;
    const kept =
      initialConditionBins > 0
        ? concat(
            [
              slice(encode, [0, 0, 0], segment),
              masked(slice(encode, [0, initialConditionBins, 0], encoded), seen),
            ],
            1,
          )
        : masked(encode, seen);
    return {
      ...batch,
      encode: kept,
      gradientMask: times(batch.gradientMask, padTo(gradient, reconstruct.shape, 1)),
    };
  };
}
