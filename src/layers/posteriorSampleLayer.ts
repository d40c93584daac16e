import { add, mul } from "@tensorflow/tfjs-core";
import type { Shape } from "@tensorflow/tfjs-layers";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleLayer } from "./moduleLayer";

/**
 * Sample of a diagonal normal posterior as a TensorFlow.js layer: `[mean, std]`, of the same shape, to `mean + std * noise`
 * in training and to the mean otherwise. No weights.
 *
 * @example
 * ```ts
 * import { tensor, type Tensor } from "@tensorflow/tfjs-core";
 * import { PosteriorSampleLayer } from "lfads";
 *
 * const posterior = [tensor([1, 2], [1, 2]), tensor([0.1, 0.1], [1, 2])]; // mean, std
 * const sample = new PosteriorSampleLayer({ seed: 1 });
 * console.log((sample.apply(posterior) as Tensor).dataSync().join()); // 1,2
 * const noisy = sample.apply(posterior, { training: true }) as Tensor;
 * ```
 */
export class PosteriorSampleLayer extends ModuleLayer<{ seed: number }> {
  static readonly className = "LfadsPosteriorSampleLayer";

  constructor({ seed = 0, ...args }: ModuleLayerOptions = {}) {
    super(args, { seed });
  }

  protected override shapes([mean]: readonly Shape[]): Shape[] {
    return [mean!];
  }

  protected override module(): LayerModule {
    return {
      init: () => ({}),
      call: (_parameters, [mean, std], draws) => [
        draws ? add(mean!, mul(std!, draws.normal("noise", mean!.shape))) : mean!,
      ],
    };
  }
}
