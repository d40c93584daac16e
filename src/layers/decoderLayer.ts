import { type Tensor, transpose } from "@tensorflow/tfjs-core";
import type { Shape } from "@tensorflow/tfjs-layers";
import { ClippedGruCell, Controller, Decoder } from "../modules";
import type { LayerModule, ModuleLayerOptions } from "./layerModule";
import { ModuleLayer } from "./moduleLayer";

/** Options of {@link DecoderLayer}. */
export interface DecoderLayerOptions extends ModuleLayerOptions {
  /** Units of the generator. */
  readonly units: number;
  /** Number of factors. */
  readonly factors: number;
  /** Units of the controller and size of its output; null for none. @default null */
  readonly controller?: { readonly units: number; readonly outputs: number } | null;
  /** Bins to unroll where no input tells; only then. */
  readonly bins?: number | null;
  /** Sample the controller output in training; otherwise its mean goes on. @default true */
  readonly sample?: boolean;
  /** Bound on the absolute states; null for none. @default 5 */
  readonly clip?: number | null;
  /** Dropout in training, of the controller's inputs and of the states that the factors read. @default 0 */
  readonly dropout?: number;
}

/**
 * The decoder as a TensorFlow.js layer. Inputs, in this order: the initial condition `[trials, size]`; with a controller the
 * encoded controller input `[trials, bins, width]`; optionally external inputs `[trials, bins, inputs]`. Outputs: the factors
 * `[trials, bins, factors]`; with a controller also mean and std of the controller output, `[trials, bins, outputs]`.
 *
 * Weights: those of `Decoder` with clipped GRUs.
 *
 * @example
 * ```ts
 * import { input, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { DecoderLayer } from "lfads";
 *
 * const decoder = new DecoderLayer({ units: 64, factors: 8, bins: 20 }); // autonomous
 * const factors = decoder.apply(input({ shape: [16] })) as SymbolicTensor; // from initial conditions
 * console.log(factors.shape); // [ null, 20, 8 ]
 * ```
 */
export class DecoderLayer extends ModuleLayer<{
  units: number;
  factors: number;
  controller: { units: number; outputs: number } | null;
  bins: number | null;
  sample: boolean;
  clip: number | null;
  dropout: number;
  seed: number;
}> {
  static readonly className = "LfadsDecoderLayer";

  constructor({
    units,
    factors,
    controller = null,
    bins = null,
    sample = true,
    clip = 5,
    dropout = 0,
    seed = 0,
    ...args
  }: DecoderLayerOptions) {
    super(args, { units, factors, controller, bins, sample, clip, dropout, seed });
    if (controller && (!Number.isInteger(controller.outputs) || controller.outputs < 1)) {
      throw new Error(
        `DecoderLayer: controller.outputs must be a positive integer, got ${controller.outputs}`,
      );
    }
  }

  protected override shapes([initialCondition, sequence]: readonly Shape[]): Shape[] {
    const { factors, controller, bins } = this.options;
    const lead = [initialCondition![0]!, sequence ? sequence[1]! : bins];
    const widths = controller ? [factors, controller.outputs, controller.outputs] : [factors];
    return widths.map((width) => [...lead, width]);
  }

  protected override module([initialCondition, ...sequences]: readonly Shape[]): LayerModule {
    const { units, factors, controller, bins, sample, dropout: rate } = this.options;
    const clip = this.options.clip ?? Infinity;
    const external = sequences[controller ? 1 : 0]?.[2] ?? 0;
    const most = controller ? 2 : 1;
    if (sequences.length > most || (controller && sequences.length === 0)) {
      throw new Error(
        `DecoderLayer: ${controller ? "with" : "without"} a controller takes ${most} or ${most + 1} inputs, ` +
          `got ${sequences.length + 1}`,
      );
    }
    if ((bins === null) === (sequences.length === 0)) {
      throw new Error(
        `DecoderLayer: bins must be given exactly when the initial condition is the only input, got ${bins}`,
      );
    }
    const decoder = new Decoder({
      initialCondition: initialCondition![1]!,
      factors,
      generator: new ClippedGruCell({
        inputSize: (controller?.outputs ?? 0) + external,
        stateSize: units,
        clip,
      }),
      controller:
        controller === null
          ? undefined
          : new Controller(
              new ClippedGruCell({
                inputSize: sequences[0]![2]! + factors,
                stateSize: controller.units,
                clip,
              }),
              controller.outputs,
            ),
    });
    return {
      init: (stream) => decoder.init(stream),
      call(parameters, [ic, ...inputs], draws) {
        const swap = (x: Tensor) => transpose(x, [1, 0, 2]);
        const [batch] = ic!.shape as [number];
        const steps = inputs[0]?.shape[1] ?? bins!;
        const externalInputs = inputs[controller ? 1 : 0];
        const { factors, controllerOutput } = decoder.apply(
          parameters,
          {
            initialCondition: ic!,
            bins: steps,
            controllerInput: controller && swap(inputs[0]!),
            externalInputs: externalInputs ? swap(externalInputs) : null,
            noise:
              controller && sample && draws ? draws.normal("co", [steps, batch, controller.outputs]) : null,
          },
          draws && { rate, draws },
        );
        return controllerOutput
          ? [swap(factors), swap(controllerOutput.mean), swap(controllerOutput.std)]
          : [swap(factors)];
      },
    };
  }
}
