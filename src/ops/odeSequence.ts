import type { Tensor } from "@tensorflow/tfjs-core";
import { version } from "./kernelPath";
import { type Activation, checkActivation, type MlpWeights, mlp } from "./mlp";
import { requireShape } from "./requireShape";
import { splitBins } from "./splitBins";
import { stackBins } from "./stackBins";
import { checkTableau, type Tableau, tableauStep } from "./tableau";

/** How {@link odeSequence} integrates. */
export interface OdeSequenceOptions {
  /** Bins to run when there is no input to count them by. */
  readonly bins?: number;
  readonly activation: Activation;
  readonly tableau: Tableau;
  /** Time that passes in a bin. */
  readonly timeStep: number;
  /** Steps of the method in a bin. */
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
 * Source: Chen, Rubanova, Bettencourt & Duvenaud 2018, Neural ordinary differential equations, NeurIPS.
 *
 * @param x `[T, B, inputs]`, null for an autonomous field
 * @param h0 `[B, size]`
 * @returns `[T, B, size]`, each after its bin
 * @throws if an option is out of range, or a shape does not fit the others
 */
export function odeSequence(
  x: Tensor | null,
  weights: MlpWeights,
  h0: Tensor,
  options: OdeSequenceOptions,
): Tensor {
  const { bins = x?.shape[0] ?? 0, activation, tableau, timeStep, stepsPerBin } = options;
  for (const [name, value] of Object.entries({ bins, stepsPerBin })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`odeSequence: ${name} must be an integer of at least 1, got ${value}`);
    }
  }
  if (!Number.isFinite(timeStep)) throw new Error(`odeSequence: timeStep must be finite, got ${timeStep}`);
  checkActivation("odeSequence", activation);
  checkTableau("odeSequence", tableau);
  checkShapes(x, weights, h0, bins);
  return version<OdeSequence>("odeSequence", plain)(x, weights, h0, { ...options, bins });
}

function checkShapes(
  x: Tensor | null,
  { weights, biases, inputWeight }: MlpWeights,
  h0: Tensor,
  bins: number,
): void {
  const [first] = weights;
  if (!first || biases.length !== weights.length) {
    throw new Error(
      `odeSequence: each layer needs a weight and a bias, got ${weights.length} and ${biases.length}`,
    );
  }
  const [units, size] = first.shape as [number, number];
  const batch = h0.shape[0]!;
  requireShape("odeSequence", "h0", h0, [batch, size]);
  weights.forEach((weight, i) => {
    const inputs = i > 0 ? weights[i - 1]!.shape[0]! : size;
    const outputs = i + 1 < weights.length ? weight.shape[0]! : size;
    requireShape("odeSequence", `weights[${i}]`, weight, [outputs, inputs]);
    requireShape("odeSequence", `biases[${i}]`, biases[i]!, [outputs]);
  });
  if (!x !== !inputWeight) {
    const given = x ? `x [${x.shape}] and no inputWeight` : `inputWeight [${inputWeight!.shape}] and no x`;
    throw new Error(`odeSequence: an input needs an inputWeight, and that an input, got ${given}`);
  }
  if (x && inputWeight) {
    const width = inputWeight.shape[1] ?? 0;
    requireShape("odeSequence", "inputWeight", inputWeight, [units, width]);
    requireShape("odeSequence", "x", x, [bins, batch, width]);
  }
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
