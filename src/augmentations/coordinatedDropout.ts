import { concat, div, maximum, mul, ones, slice, sub, type Tensor } from "@tensorflow/tfjs-core";
import type { Draws } from "../random";
import { type Augmentation, padTo, requireRate, times } from "./batch";

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

/** Masks of coordinated dropout, both of the same shape. */
export interface CoordinatedDropoutMasks {
  /** 1 = the sample goes in. */
  readonly input: Tensor;
  /** 1 = the gradient passes: the sample was dropped, or passes by chance. */
  readonly gradient: Tensor;
}

/**
 * The bare masks of coordinated dropout: `input ~ Bernoulli(1 - rate)`, `gradient = not input, or Bernoulli(passRate)`.
 * With rate 0 every gradient passes.
 *
 * @throws if a rate is not a probability, or `rate` is 1
 */
export function coordinatedDropoutMasks(
  shape: readonly number[],
  { rate, passRate = 0 }: Pick<CoordinatedDropoutOptions, "rate" | "passRate">,
  draws: Draws,
): CoordinatedDropoutMasks {
  checkRates("coordinatedDropoutMasks", rate, passRate);
  if (rate === 0) return { input: ones([...shape]), gradient: ones([...shape]) };
  const input = draws.bernoulli("cd_input", shape, 1 - rate);
  const dropped = sub(1, input);
  const gradient = passRate > 0 ? maximum(dropped, draws.bernoulli("cd_pass", shape, passRate)) : dropped;
  return { input, gradient };
}

/**
 * Coordinated dropout (Keshtkaran & Pandarinath 2019): input samples are dropped at random and the others scaled by
 * `1 / (1 - rate)`, while the reconstruction loss passes gradients only where the input was dropped. So a model cannot
 * lower its loss by copying spikes. The value of the loss does not change. Held-out channels and predicted bins, which
 * are no input, always pass gradients.
 *
 * @throws if a rate is out of range
 */
export function coordinatedDropout({
  rate,
  passRate = 0,
  initialConditionBins = 0,
  compatibility: { maskFromFirstBin = false, maskAll = false } = {},
}: CoordinatedDropoutOptions): Augmentation {
  checkRates("coordinatedDropout", rate, passRate);
  if (!Number.isInteger(initialConditionBins) || initialConditionBins < 0) {
    throw new Error(
      `coordinatedDropout: initialConditionBins must be a non-negative integer, got ${initialConditionBins}`,
    );
  }
  return (batch, draws) => {
    const [trials, bins, channels] = batch.encode.shape as [number, number, number];
    const segment = [trials, initialConditionBins, channels] as [number, number, number];
    const encoded = [trials, bins - initialConditionBins, channels] as [number, number, number];
    const masks = coordinatedDropoutMasks(
      maskAll ? batch.reconstruct.shape : encoded,
      { rate, passRate },
      draws,
    );
    const input = maskAll ? slice(masks.input, [0, 0, 0], encoded) : masks.input;
    const maskable =
      initialConditionBins > 0 ? slice(batch.encode, [0, initialConditionBins, 0], encoded) : batch.encode;
    const dropped = div(mul(maskable, input), 1 - rate);
    const gradient =
      initialConditionBins > 0 && !maskFromFirstBin
        ? concat([ones(segment), masks.gradient], 1)
        : masks.gradient;
    return {
      ...batch,
      encode:
        initialConditionBins > 0 ? concat([slice(batch.encode, [0, 0, 0], segment), dropped], 1) : dropped,
      gradientMask: times(batch.gradientMask, padTo(gradient, batch.reconstruct.shape, 1)),
    };
  };
}

function checkRates(where: string, rate: number, passRate: number): void {
  requireRate(where, "rate", rate);
  if (!(passRate >= 0 && passRate <= 1)) {
    throw new Error(`${where}: passRate must be in [0, 1], got ${passRate}`);
  }
}
