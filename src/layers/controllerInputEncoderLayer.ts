import { transpose } from "@tensorflow/tfjs-core";
import { InputSpec, type Shape } from "@tensorflow/tfjs-layers";
import { ControllerInputEncoder } from "../modules";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleLayer } from "./moduleLayer";

/** Options of {@link ControllerInputEncoderLayer}. */
export interface ControllerInputEncoderLayerOptions extends ModuleLayerOptions {
  /** Units of each direction. */
  readonly units: number;
  /** Bins by which the controller's view of the data is delayed, from both sides. @default 1 */
  readonly lag?: number;
  /** Bound on the absolute state; null for none. @default 5 */
  readonly clip?: number | null;
}

/**
 * The controller-input encoder as a TensorFlow.js layer: `[trials, bins, channels]` to `[trials, bins, 2 units]`.
 *
 * Weights: those of `ControllerInputEncoder`.
 *
 * @example
 * ```ts
 * import { input, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { ControllerInputEncoderLayer } from "lfads";
 *
 * const encoder = new ControllerInputEncoderLayer({ units: 32, lag: 2 });
 * const encoded = encoder.apply(input({ shape: [20, 52] })) as SymbolicTensor; // bins, channels
 * console.log(encoded.shape); // [ null, 20, 64 ]
 * ```
 */
export class ControllerInputEncoderLayer extends ModuleLayer<{
  units: number;
  lag: number;
  clip: number | null;
  seed: number;
}> {
  static readonly className = "LfadsControllerInputEncoderLayer";

  constructor({ units, lag = 1, clip = 5, seed = 0, ...args }: ControllerInputEncoderLayerOptions) {
    super(args, { units, lag, clip, seed });
    this.inputSpec = [new InputSpec({ ndim: 3 })];
  }

  protected override shapes([x]: readonly Shape[]): Shape[] {
    return [[x![0]!, x![1]!, 2 * this.options.units]];
  }

  protected override module([input]: readonly Shape[]): LayerModule {
    const { units, lag, clip } = this.options;
    const encoder = new ControllerInputEncoder({
      inputSize: input![2]!,
      units,
      lag,
      clip: clip ?? Infinity,
    });
    return {
      init: (stream) => encoder.init(stream),
      call: (parameters, [x]) => [transpose(encoder.apply(parameters, transpose(x!, [1, 0, 2])), [1, 0, 2])],
    };
  }
}
