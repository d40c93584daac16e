import { add, relu, softplus, type Tensor, tanh } from "@tensorflow/tfjs-core";
import { linear } from "./linear";

/** Activation of the layers of a multilayer perceptron. */
export type Activation = "tanh" | "relu" | "softplus";

const ACTIVATIONS = { tanh, relu, softplus } satisfies Record<Activation, unknown>;

/** @throws if there is no such activation */
export function checkActivation(where: string, activation: string): void {
  if (Object.hasOwn(ACTIVATIONS, activation)) return;
  const known = Object.keys(ACTIVATIONS).join(", ");
  throw new Error(`${where}: activation must be one of ${known}, got "${activation}"`);
}

/** Parameters of a multilayer perceptron. */
export interface MlpWeights {
  /** From an input to the first layer, `[outputs of the first layer, inputs]`; absent without inputs. */
  readonly inputWeight?: Tensor | undefined;
  /** Of each layer, `[outputs, inputs]`. */
  readonly weights: readonly Tensor[];
  /** Of each layer, `[outputs]`. */
  readonly biases: readonly Tensor[];
}

/**
 * A multilayer perceptron of states `[rows, size]` and inputs `[rows, inputs]`, with an activation after every layer but the last.
 * @throws if there is an input or a weight for it, but not both
 */
export function mlp(
  { inputWeight, weights, biases }: MlpWeights,
  activation: Activation,
  input: Tensor | null,
  state: Tensor,
): Tensor {
  if (!input !== !inputWeight) {
    const given = input ? `an input [${input.shape}] and none` : "a weight and no input";
    throw new Error(`mlp: an input needs a weight, and that weight an input, got ${given}`);
  }
  const first = linear(state, weights[0]!, biases[0]!);
  const driven = input && inputWeight ? add(first, linear(input, inputWeight)) : first;
  return weights
    .slice(1)
    .reduce<Tensor>((x, weight, i) => linear(ACTIVATIONS[activation](x), weight, biases[i + 1]!), driven);
}
