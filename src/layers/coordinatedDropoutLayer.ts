import { onesLike } from "@tensorflow/tfjs-core";
import { InputSpec, type Shape } from "@tensorflow/tfjs-layers";
import { coordinatedDropout } from "../augmentations/coordinatedDropout";
import { maskGradient } from "../ops/maskGradient";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleLayer } from "./moduleLayer";

/** Options of {@link CoordinatedDropoutLayer}. */
export interface CoordinatedDropoutLayerOptions extends ModuleLayerOptions {
  /** Probability of dropping an input sample. */
  readonly rate: number;
  /** Probability that a sample that was seen still passes its gradient. @default 0 */
  readonly passRate?: number;
  /** Bins at the start that are neither dropped nor masked. @default 0 */
  readonly initialConditionBins?: number;
}

/**
 * Coordinated dropout (Keshtkaran & Pandarinath 2019) as a TensorFlow.js layer: spikes `[trials, bins, channels]` to the
 * spikes of which some are dropped and the others scaled up, and the gradient mask, of the same shape. Outside of training
 * the spikes pass unchanged and the mask is 1. No weights.
 *
 * The mask goes with the readout into a {@link GradientMaskLayer}, or with the loss into `maskGradient`.
 *
 * @example
 * ```ts
 * import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { BidirectionalGruLayer, CoordinatedDropoutLayer, GradientMaskLayer } from "lfads";
 *
 * const spikes = input({ shape: [20, 52] });
 * const [dropped, mask] = new CoordinatedDropoutLayer({ rate: 0.3 }).apply(spikes) as SymbolicTensor[];
 * const states = new BidirectionalGruLayer({ units: 32 }).apply(dropped!) as SymbolicTensor;
 * const logRates = layers.dense({ units: 52 }).apply(states) as SymbolicTensor;
 * const outputs = new GradientMaskLayer().apply([logRates, mask!]) as SymbolicTensor;
 * const autoencoder = model({ inputs: spikes, outputs });
 * ```
 */
export class CoordinatedDropoutLayer extends ModuleLayer<{
  rate: number;
  passRate: number;
  initialConditionBins: number;
  seed: number;
}> {
  static readonly className = "LfadsCoordinatedDropoutLayer";

  /** @throws if a rate is out of range */
  constructor({
    rate,
    passRate = 0,
    initialConditionBins = 0,
    seed = 0,
    ...args
  }: CoordinatedDropoutLayerOptions) {
    super(args, { rate, passRate, initialConditionBins, seed });
    this.inputSpec = [new InputSpec({ ndim: 3 })];
    coordinatedDropout(this.options);
  }

  protected override shapes([x]: readonly Shape[]): Shape[] {
    return [x!, [...x!]];
  }

  protected override module(): LayerModule {
    const augmentation = coordinatedDropout(this.options);
    return {
      init: () => ({}),
      call(_parameters, [x], draws) {
        if (!draws) return [x!, onesLike(x!)];
        const { encode, gradientMask } = augmentation({ encode: x!, reconstruct: x! }, draws);
        return [encode, gradientMask!];
      },
    };
  }
}

/**
 * `maskGradient` as a TensorFlow.js layer: `[x, mask]`, of the same shape, to `x`, whose gradient passes only where the
 * mask is 1. On a prediction with an element-wise loss it does what the mask of coordinated dropout does on the loss itself.
 * No weights.
 */
export class GradientMaskLayer extends ModuleLayer<{ seed: number }> {
  static readonly className = "LfadsGradientMaskLayer";

  constructor(args: Omit<ModuleLayerOptions, "seed"> = {}) {
    super(args, { seed: 0 });
  }

  protected override shapes([x]: readonly Shape[]): Shape[] {
    return [x!];
  }

  protected override module(): LayerModule {
    return { init: () => ({}), call: (_parameters, [x, mask]) => [maskGradient(x!, mask!)] };
  }
}
