import { InputSpec, type Shape } from "@tensorflow/tfjs-layers";
import { Factors, Linear } from "../modules";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleLayer } from "./moduleLayer";

/** Options of {@link LinearLayer} and {@link FactorsLayer}. */
export interface LinearLayerOptions extends ModuleLayerOptions {
  /** Width of the output. */
  readonly outputs: number;
}

/**
 * Read-in or readout as a TensorFlow.js layer: an affine map of the last axis, `[..., inputs]` to `[..., outputs]`.
 *
 * Weights: those of `Linear`; unlike a dense layer's kernel, `weight` is `[outputs, inputs]`.
 *
 * @example
 * ```ts
 * import { input, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { LinearLayer } from "lfads";
 *
 * const factors = input({ shape: [20, 8] });
 * const logRates = new LinearLayer({ outputs: 52 }).apply(factors) as SymbolicTensor;
 * console.log(logRates.shape); // [ null, 20, 52 ]
 * ```
 */
export class LinearLayer extends ModuleLayer<{ outputs: number; seed: number }> {
  static readonly className = "LfadsLinearLayer";

  constructor({ outputs, seed = 0, ...args }: LinearLayerOptions) {
    super(args, { outputs, seed });
    this.inputSpec = [new InputSpec({ minNDim: 2 })];
  }

  protected override shapes([x]: readonly Shape[]): Shape[] {
    return [[...x!.slice(0, -1), this.options.outputs]];
  }

  protected override module([x]: readonly Shape[]): LayerModule {
    return lastAxis(new Linear(x![x!.length - 1]!, this.options.outputs));
  }
}

/**
 * Factors as a TensorFlow.js layer: a linear map of the last axis whose rows have norm 1, `[..., units]` to
 * `[..., outputs]`.
 *
 * Weights: those of `Factors`.
 *
 * @example
 * ```ts
 * import { ones } from "@tensorflow/tfjs-core";
 * import { FactorsLayer } from "lfads";
 *
 * const layer = new FactorsLayer({ outputs: 2 });
 * layer.apply(ones([4, 20, 64])); // states of 4 trials, 20 bins
 * console.log(layer.getWeights()[0]!.shape); // [ 2, 64 ]
 * ```
 */
export class FactorsLayer extends ModuleLayer<{ outputs: number; seed: number }> {
  static readonly className = "LfadsFactorsLayer";

  constructor({ outputs, seed = 0, ...args }: LinearLayerOptions) {
    super(args, { outputs, seed });
    this.inputSpec = [new InputSpec({ minNDim: 2 })];
  }

  protected override shapes([x]: readonly Shape[]): Shape[] {
    return [[...x!.slice(0, -1), this.options.outputs]];
  }

  protected override module([x]: readonly Shape[]): LayerModule {
    return lastAxis(new Factors(x![x!.length - 1]!, this.options.outputs));
  }
}

function lastAxis(map: Linear | Factors): LayerModule {
  return {
    init: (stream) => map.init(stream),
    call: (parameters, [x]) => [map.apply(parameters, x!)],
  };
}
