import { transpose } from "@tensorflow/tfjs-core";
import { InputSpec, type Shape } from "@tensorflow/tfjs-layers";
import { InitialConditionEncoder } from "../modules";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleLayer } from "./moduleLayer";

/** Options of {@link InitialConditionEncoderLayer}. */
export interface InitialConditionEncoderLayerOptions extends ModuleLayerOptions {
  /** Units of each direction. */
  readonly units: number;
  /** Size of the initial condition. */
  readonly outputs: number;
  /** Least posterior variance. @default 1e-4 */
  readonly varianceMin?: number;
  /** Bound on the absolute state; null for none. @default 5 */
  readonly clip?: number | null;
  /** Dropout of the encoder's final states in training. @default 0 */
  readonly dropout?: number;
}

/**
 * The initial-condition encoder as a TensorFlow.js layer: `[trials, bins, channels]` to mean and std of the posterior, both
 * `[trials, outputs]`.
 *
 * Weights: those of `InitialConditionEncoder`.
 *
 * @example
 * ```ts
 * import { input, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { InitialConditionEncoderLayer, PosteriorSampleLayer } from "lfads";
 *
 * const encoder = new InitialConditionEncoderLayer({ units: 32, outputs: 16 });
 * const posterior = encoder.apply(input({ shape: [20, 52] })) as SymbolicTensor[]; // mean and std
 * const initialCondition = new PosteriorSampleLayer().apply(posterior) as SymbolicTensor;
 * console.log(initialCondition.shape); // [ null, 16 ]
 * ```
 */
export class InitialConditionEncoderLayer extends ModuleLayer<{
  units: number;
  outputs: number;
  varianceMin: number;
  clip: number | null;
  dropout: number;
  seed: number;
}> {
  static readonly className = "LfadsInitialConditionEncoderLayer";

  constructor({
    units,
    outputs,
    varianceMin = 1e-4,
    clip = 5,
    dropout = 0,
    seed = 0,
    ...args
  }: InitialConditionEncoderLayerOptions) {
    super(args, { units, outputs, varianceMin, clip, dropout, seed });
    this.inputSpec = [new InputSpec({ ndim: 3 })];
  }

  protected override shapes([x]: readonly Shape[]): Shape[] {
    const posterior = [x![0]!, this.options.outputs];
    return [posterior, [...posterior]];
  }

  protected override module([input]: readonly Shape[]): LayerModule {
    const { units, outputs, varianceMin, clip, dropout: rate } = this.options;
    const sizes = { inputSize: input![2]!, units, outputs };
    const encoder = new InitialConditionEncoder({ ...sizes, varianceMin, clip: clip ?? Infinity });
    return {
      init: (stream) => encoder.init(stream),
      call(parameters, [x], draws) {
        const posterior = encoder.apply(parameters, transpose(x!, [1, 0, 2]), draws && { rate, draws });
        return [posterior.mean, posterior.std];
      },
    };
  }
}
