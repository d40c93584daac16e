import { add, relu, softplus, type Tensor, tanh } from "@tensorflow/tfjs-core";
import { linear } from "./linear";

/** Activations of an {@link mlp}. */
export const ACTIVATIONS = { tanh, relu, softplus } as const;

export type Activation = keyof typeof ACTIVATIONS;

/** Parameters of an {@link mlp}. */
export interface MlpWeights {
  /** From an input to the first layer, `[outputs of the first layer, inputs]`; absent without inputs. */
  readonly inputWeight?: Tensor | undefined;
  /** Of each layer, `[outputs, inputs]`. */
  readonly weights: readonly Tensor[];
  /** Of each layer, `[outputs]`. */
  readonly biases: readonly Tensor[];
}

/** A multilayer perceptron of states `[rows, size]` and inputs `[rows, inputs]`, with an activation after every layer but the last. */
export function mlp(
  { inputWeight, weights, biases }: MlpWeights,
  activation: Activation,
  input: Tensor | null,
  state: Tensor,
): Tensor {
  const first = linear(state, weights[0]!, biases[0]!);
  const driven = input && inputWeight ? add(first, linear(input, inputWeight)) : first;
  return weights
    .slice(1)
    .reduce<Tensor>((x, weight, i) => linear(ACTIVATIONS[activation](x), weight, biases[i + 1]!), driven);
}
