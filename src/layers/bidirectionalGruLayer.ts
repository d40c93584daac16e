import { concat, transpose, zeros } from "@tensorflow/tfjs-core";
import { InputSpec, type Shape } from "@tensorflow/tfjs-layers";
import { BidirectionalGru, parameter } from "../modules";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleLayer } from "./moduleLayer";

/** Options of {@link BidirectionalGruLayer}. */
export interface BidirectionalGruLayerOptions extends ModuleLayerOptions {
  /** Units of each direction. */
  readonly units: number;
  /** Bound on the absolute state; null for none. @default 5 */
  readonly clip?: number | null;
  /** States of all bins instead of the last of each direction. @default false */
  readonly returnSequences?: boolean;
}

/**
 * Bidirectional clipped GRU as a TensorFlow.js layer: `[trials, bins, channels]` to the last states of the two directions,
 * forward then backward, `[trials, 2 units]`, or with `returnSequences` to all of them, `[trials, bins, 2 units]`.
 *
 * Weights: those of `BidirectionalGru`, and the initial states `h0` `[2, 1, units]`, from 0.
 *
 * @example
 * ```ts
 * import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { BidirectionalGruLayer } from "lfads";
 *
 * const spikes = input({ shape: [20, 52] }); // bins, channels
 * const states = new BidirectionalGruLayer({ units: 32 }).apply(spikes) as SymbolicTensor;
 * const outputs = layers.dense({ units: 8 }).apply(states) as SymbolicTensor;
 * const classifier = model({ inputs: spikes, outputs });
 * console.log(states.shape, outputs.shape); // [ null, 64 ] [ null, 8 ]
 * ```
 */
export class BidirectionalGruLayer extends ModuleLayer<{
  units: number;
  clip: number | null;
  returnSequences: boolean;
  seed: number;
}> {
  static readonly className = "LfadsBidirectionalGruLayer";

  constructor({ units, clip = 5, returnSequences = false, seed = 0, ...args }: BidirectionalGruLayerOptions) {
    super(args, { units, clip, returnSequences, seed });
    this.inputSpec = [new InputSpec({ ndim: 3 })];
  }

  protected override shapes([x]: readonly Shape[]): Shape[] {
    const { units, returnSequences } = this.options;
    return [returnSequences ? [x![0]!, x![1]!, 2 * units] : [x![0]!, 2 * units]];
  }

  protected override module([input]: readonly Shape[]): LayerModule {
    const { units, clip, returnSequences } = this.options;
    const gru = new BidirectionalGru({ inputSize: input![2]!, units, clip: clip ?? Infinity });
    return {
      init: (stream) => ({ h0: zeros([2, 1, units]), ...gru.init(stream) }),
      call(parameters, [x]) {
        const states = gru.apply(parameters, transpose(x!, [1, 0, 2]), parameter(parameters, "h0"));
        if (!returnSequences) return [states.final];
        return [transpose(concat([states.forward, states.backward], 2), [1, 0, 2])];
      },
    };
  }
}
