import { ClippedGruCell } from "../modules";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleCell } from "./moduleCell";

/** Options of {@link ClippedGruCellLayer}. */
export interface ClippedGruCellLayerOptions extends ModuleLayerOptions {
  readonly units: number;
  /** Bound on the absolute state; null for none. @default 5 */
  readonly clip?: number | null;
}

/**
 * The clipped GRU cell as a TensorFlow.js RNN cell; output and state are the same.
 *
 * Weights: those of `ClippedGruCell`.
 *
 * @example
 * ```ts
 * import { input, layers } from "@tensorflow/tfjs-layers";
 * import { ClippedGruCellLayer } from "lfads";
 *
 * const rnn = layers.rnn({ cell: new ClippedGruCellLayer({ units: 64 }), returnSequences: true });
 * const states = rnn.apply(input({ shape: [20, 52] })); // bins, channels
 * ```
 */
export class ClippedGruCellLayer extends ModuleCell<{ units: number; clip: number | null; seed: number }> {
  static readonly className = "LfadsClippedGruCellLayer";
  override readonly stateSize: number;

  constructor({ units, clip = 5, seed = 0, ...args }: ClippedGruCellLayerOptions) {
    super(args, { units, clip, seed });
    this.stateSize = units;
  }

  protected override module(inputSize: number): LayerModule {
    const { units, clip } = this.options;
    const cell = new ClippedGruCell({ inputSize, stateSize: units, clip: clip ?? Infinity });
    return {
      init: (stream) => cell.init(stream),
      call(parameters, [x, state]) {
        const next = cell.step(parameters, x!, state!);
        return [next, next];
      },
    };
  }
}
