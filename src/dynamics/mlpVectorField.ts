import { add, relu, softplus, type Tensor, tanh, zeros } from "@tensorflow/tfjs-core";
import { fanInWeights, type Parameters, parameter } from "../modules";
import { linear } from "../ops";
import type { RandomStream } from "../random";
import type { VectorField } from "./vectorField";

/** Activations of {@link MlpVectorField}. */
const ACTIVATIONS = { tanh, relu, softplus } as const;

/** Options of {@link MlpVectorField}. */
export interface MlpVectorFieldOptions {
  /** @default 0 */
  readonly inputSize?: number;
  readonly stateSize: number;
  /** Units of each hidden layer; none makes a linear field. @default [128] */
  readonly widths?: readonly number[];
  /** After each hidden layer. @default "tanh" */
  readonly activation?: keyof typeof ACTIVATIONS;
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
  readonly activation: keyof typeof ACTIVATIONS;
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
    if (!Object.hasOwn(ACTIVATIONS, activation)) {
      const known = Object.keys(ACTIVATIONS).join(", ");
      throw new Error(`MlpVectorField: activation must be one of ${known}, got "${activation}"`);
    }
    this.inputSize = inputSize;
    this.stateSize = stateSize;
    this.widths = widths;
    this.activation = activation;
    this.recurrentKernels = [...widths, stateSize].map((_, layer) => `layers.${layer}.weight`);
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

  derivative(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor {
    const activation = ACTIVATIONS[this.activation];
    const layer = (x: Tensor, i: number) =>
      linear(x, parameter(parameters, `layers.${i}.weight`), parameter(parameters, `layers.${i}.bias`));
    const first = layer(state, 0);
    const driven = input ? add(first, linear(input, parameter(parameters, "input.weight"))) : first;
    return this.widths.reduce<Tensor>((x, _, i) => layer(activation(x), i + 1), driven);
  }
}
