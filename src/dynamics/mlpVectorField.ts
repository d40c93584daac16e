import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { fanInWeights, type Parameters, parameter } from "../modules";
import type { Activation, MlpWeights } from "../ops";
import { checkActivation, mlp } from "../ops/mlp";
import type { RandomStream } from "../random";
import type { VectorField } from "./vectorField";

/** Options of {@link MlpVectorField}. */
export interface MlpVectorFieldOptions {
  /** @default 0 */
  readonly inputSize?: number;
  readonly stateSize: number;
  /** Units of each hidden layer; none makes a linear field. @default [128] */
  readonly widths?: readonly number[];
  /** After each hidden layer. @default "tanh" */
  readonly activation?: Activation;
}

/**
 * A multilayer perceptron from state and input to the rate of change: `W_1 a(W_0 x + V u + b_0) + b_1` with one hidden layer.
 *
 * Parameters: `input.weight` `[units of the first layer, inputs]` (absent without inputs), and for each layer i
 * `layers.i.weight` `[outputs, inputs]`, `layers.i.bias` `[outputs]`. Weights start from N(0, 1 / inputs), biases from 0.
 */
export class MlpVectorField implements VectorField {
  readonly inputSize: number;
  readonly stateSize: number;
  readonly widths: readonly number[];
  readonly activation: Activation;
  readonly recurrentKernels: readonly string[];

  /** @throws if a size is not a whole number, or the activation unknown */
  constructor({ inputSize = 0, stateSize, widths = [128], activation = "tanh" }: MlpVectorFieldOptions) {
    const whole = (name: string, value: number, least: number) => {
      if (!Number.isInteger(value) || value < least) {
        throw new Error(`MlpVectorField: ${name} must be an integer of at least ${least}, got ${value}`);
      }
    };
    whole("inputSize", inputSize, 0);
    whole("stateSize", stateSize, 1);
    for (const width of widths) whole("widths", width, 1);
    checkActivation("MlpVectorField", activation);
    this.inputSize = inputSize;
    this.stateSize = stateSize;
    this.widths = widths;
    this.activation = activation;
    this.recurrentKernels = [...widths, stateSize].map((_, layer) => `layers.${layer}.weight`);
  }

  get savedNumbers(): number {
    return 3 * this.stateSize + 2 * this.widths.reduce((sum, width) => sum + width, 0);
  }

  init(stream: RandomStream): Parameters {
    const sizes = [this.stateSize, ...this.widths, this.stateSize];
    const weights = (name: string, outputs: number, inputs: number) => ({
      [name]: fanInWeights(stream.fork(name), [outputs, inputs], inputs),
    });
    return Object.assign(
      this.inputSize > 0 ? weights("input.weight", sizes[1]!, this.inputSize) : {},
      ...sizes.slice(1).map((outputs, layer) => ({
        ...weights(`layers.${layer}.weight`, outputs, sizes[layer]!),
        [`layers.${layer}.bias`]: zeros([outputs]),
      })),
    ) as Parameters;
  }

  /** The parameters as `odeSequence` wants them. */
  weights(parameters: Parameters): MlpWeights {
    const layers = [...this.widths, this.stateSize].map((_, layer) => `layers.${layer}`);
    return {
      inputWeight: this.inputSize > 0 ? parameter(parameters, "input.weight") : undefined,
      weights: layers.map((layer) => parameter(parameters, `${layer}.weight`)),
      biases: layers.map((layer) => parameter(parameters, `${layer}.bias`)),
    };
  }

  derivative(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor {
    return mlp(this.weights(parameters), this.activation, input, state);
  }
}
