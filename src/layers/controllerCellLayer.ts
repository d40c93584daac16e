import { concat } from "@tensorflow/tfjs-core";
import { ClippedGruCell, Controller } from "../modules";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleCell } from "./moduleCell";

/** Options of {@link ControllerCellLayer}. */
export interface ControllerCellLayerOptions extends ModuleLayerOptions {
  readonly units: number;
  /** Size of the controller output. */
  readonly outputs: number;
  /** Bound on the absolute state; null for none. @default 5 */
  readonly clip?: number | null;
}

/**
 * The controller as a TensorFlow.js RNN cell: from the encoded data and the factors, side by side, to the posterior of the
 * controller output, mean and std side by side, `[batch, 2 outputs]`. TensorFlow.js wants the output to be the first state,
 * so the states are the posterior `[batch, 2 outputs]`, which is not read, and the units `[batch, units]`.
 *
 * Weights: those of `Controller` with a clipped GRU.
 *
 * @example
 * ```ts
 * import { input, layers, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { ControllerCellLayer } from "lfads";
 *
 * const cell = new ControllerCellLayer({ units: 32, outputs: 2 });
 * const controller = layers.rnn({ cell, returnSequences: true });
 * const posterior = controller.apply(input({ shape: [20, 104] })) as SymbolicTensor;
 * console.log(posterior.shape); // [ null, 20, 4 ]
 * ```
 */
export class ControllerCellLayer extends ModuleCell<{
  units: number;
  outputs: number;
  clip: number | null;
  seed: number;
}> {
  static readonly className = "LfadsControllerCellLayer";
  override readonly stateSize: number[];

  constructor({ units, outputs, clip = 5, seed = 0, ...args }: ControllerCellLayerOptions) {
    super(args, { units, outputs, clip, seed });
    this.stateSize = [2 * outputs, units];
  }

  protected override module(inputSize: number): LayerModule {
    const { units, outputs, clip } = this.options;
    const cell = new ClippedGruCell({ inputSize, stateSize: units, clip: clip ?? Infinity });
    const controller = new Controller(cell, outputs);
    return {
      init: (stream) => controller.init(stream),
      call(parameters, [x, , units]) {
        const { state, posterior } = controller.step(parameters, x!, units!);
        const output = concat([posterior.mean, posterior.std], 1);
        return [output, output, state];
      },
    };
  }
}
