import type { Tensor } from "@tensorflow/tfjs-core";
import { version } from "./kernelPath";
import { type Activation, type MlpWeights, mlp } from "./mlp";
import { requireShape } from "./requireShape";
import { splitBins } from "./splitBins";
import { stackBins } from "./stackBins";
import { type Tableau, tableauStep } from "./tableau";

/** How {@link odeSequence} integrates. */
export interface OdeSequenceOptions {
  /** Bins to run when there is no input to count them by. */
  readonly bins?: number;
  readonly activation: Activation;
  readonly tableau: Tableau;
  /** Time that passes in a bin, and steps in it. */
  readonly timeStep: number;
  readonly stepsPerBin: number;
}

/** A version of {@link odeSequence}; shapes are checked. */
export type OdeSequence = (
  x: Tensor | null,
  weights: MlpWeights,
  h0: Tensor,
  options: Required<OdeSequenceOptions>,
) => Tensor;

/**
 * States of a neural ODE whose vector field is a multilayer perceptron, integrated by an explicit Runge-Kutta method with steps of
 * fixed length; the input is held over a bin.
 *
 * @param x `[T, B, inputs]`, null for an autonomous field
 * @param h0 `[B, size]`
 * @returns `[T, B, size]`, each after its bin
 * @throws if a shape does not fit the others
 */
export function odeSequence(
  x: Tensor | null,
  weights: MlpWeights,
  h0: Tensor,
  options: OdeSequenceOptions,
): Tensor {
  const { bins = x?.shape[0] ?? 0 } = options;
  const size = h0.shape[1] ?? 0;
  const [first] = weights.weights;
  if (!(bins >= 1)) throw new Error(`odeSequence: needs at least one bin, got ${bins}`);
  if (h0.rank !== 2) throw new Error(`odeSequence: h0 must be [batch, size], got [${h0.shape}]`);
  if (!first || weights.biases.length !== weights.weights.length) {
    throw new Error(
      `odeSequence: each layer needs a weight and a bias, got ${weights.weights.length} and ${weights.biases.length}`,
    );
  }
  weights.weights.forEach((weight, i) => {
    const inputs = i > 0 ? weights.weights[i - 1]!.shape[0]! : size;
    const outputs = i + 1 < weights.weights.length ? weight.shape[0]! : size;
    requireShape("odeSequence", `weights[${i}]`, weight, [outputs, inputs]);
    requireShape("odeSequence", `biases[${i}]`, weights.biases[i]!, [outputs]);
  });
  if (!x !== !weights.inputWeight) {
    throw new Error("odeSequence: an input needs an inputWeight, and that an input");
  }
  if (x) {
    const width = x.shape[2]!;
    requireShape("odeSequence", "x", x, [bins, h0.shape[0]!, width]);
    requireShape("odeSequence", "inputWeight", weights.inputWeight!, [first.shape[0]!, width]);
  }
  return version<OdeSequence>("odeSequence", plain)(x, weights, h0, { ...options, bins });
}

const plain: OdeSequence = (x, weights, h0, { bins, activation, tableau, timeStep, stepsPerBin }) => {
  const inputs = x && splitBins(x);
  const states: Tensor[] = [];
  let state = h0;
  for (let t = 0; t < bins; t++) {
    const derivative = (y: Tensor) => mlp(weights, activation, inputs && inputs[t]!, y);
    for (let i = 0; i < stepsPerBin; i++) {
      state = tableauStep(tableau, derivative, state, timeStep / stepsPerBin);
    }
    states.push(state);
  }
  return stackBins(states);
};
