import { concat, ones, reshape, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { type GruWeights, gruSequence } from "../ops";
import type { RandomStream } from "../random";
import type { Cell } from "./cell";
import { fanInWeights, type Parameters, parameter } from "./parameters";

/** Options of {@link ClippedGruCell}. */
export interface ClippedGruCellOptions {
  readonly inputSize: number;
  readonly stateSize: number;
  /** Bound on the absolute state. @default 5 */
  readonly clip?: number;
  /** Weights start as N(0, 1 / fan): one fan for both kernels. @default the width that each kernel acts on */
  readonly fan?: number;
}

/**
 * GRU cell with a clipped state (Sussillo et al. 2016; lfads-torch `ClippedGRUCell`): gates in the order z, r, n; the
 * reset gate acts before the recurrent product; biases start at 1 for z and r, 0 for n.
 *
 * Parameters: `weight_ih` `[3H, inputs]` (absent without inputs), `weight_hh` `[3H, H]`, `bias_ih` `[3H]`.
 *
 * @example
 * ```ts
 * import { ones, zeros } from "@tensorflow/tfjs-core";
 * import { ClippedGruCell, RandomStream } from "lfads";
 *
 * const cell = new ClippedGruCell({ inputSize: 3, stateSize: 16 });
 * const parameters = cell.init(RandomStream.fromSeed(0));
 * let state = zeros([4, 16]); // of 4 trials
 * for (let bin = 0; bin < 10; bin++) state = cell.step(parameters, ones([4, 3]), state);
 * console.log(state.shape); // [ 4, 16 ]
 * ```
 */
export class ClippedGruCell implements Cell {
  readonly inputSize: number;
  readonly stateSize: number;
  readonly clip: number;
  readonly recurrentKernels = ["weight_hh"];
  readonly #fan: number | undefined;

  /** @throws if a size is not a whole number, or `clip` not positive */
  constructor({ inputSize, stateSize, clip = 5, fan }: ClippedGruCellOptions) {
    if (!Number.isInteger(inputSize) || inputSize < 0) {
      throw new Error(`ClippedGruCell: inputSize must be a non-negative integer, got ${inputSize}`);
    }
    if (!Number.isInteger(stateSize) || stateSize < 1) {
      throw new Error(`ClippedGruCell: stateSize must be a positive integer, got ${stateSize}`);
    }
    if (!(clip > 0)) throw new Error(`ClippedGruCell: clip must be positive, got ${clip}`);
    this.inputSize = inputSize;
    this.stateSize = stateSize;
    this.clip = clip;
    this.#fan = fan;
  }

  init(stream: RandomStream): Parameters {
    const rows = 3 * this.stateSize;
    const kernel = (name: string, width: number) =>
      fanInWeights(stream.fork(name), [rows, width], this.#fan ?? width);
    return {
      ...(this.inputSize > 0 && { weight_ih: kernel("weight_ih", this.inputSize) }),
      weight_hh: kernel("weight_hh", this.stateSize),
      bias_ih: tidy(() => concat([ones([2 * this.stateSize]), zeros([this.stateSize])])),
    };
  }

  /** The parameters as {@link gruSequence} wants them. */
  weights(parameters: Parameters): GruWeights {
    return {
      weightIh: this.inputSize > 0 ? parameter(parameters, "weight_ih") : undefined,
      weightHh: parameter(parameters, "weight_hh"),
      bias: parameter(parameters, "bias_ih"),
    };
  }

  step(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor {
    const x = input && reshape(input, [1, ...input.shape]);
    return reshape(this.#run(parameters, x, state, 1), state.shape);
  }

  /** Null for a subclass with another step. */
  sequence(parameters: Parameters, inputs: Tensor | null, state: Tensor, bins: number): Tensor | null {
    return this.step === ClippedGruCell.prototype.step ? this.#run(parameters, inputs, state, bins) : null;
  }

  #run(parameters: Parameters, inputs: Tensor | null, state: Tensor, bins: number): Tensor {
    return gruSequence(inputs, this.weights(parameters), state, { clip: this.clip, bins });
  }
}
