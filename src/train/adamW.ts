import { add, div, mul, sqrt, square, sub, type Tensor, tidy, zerosLike } from "@tensorflow/tfjs-core";
import type { Parameters } from "../modules";

/** Constants of {@link adamW}. */
export interface AdamWOptions {
  /** Decay of the first moment. @default 0.9 */
  readonly beta1?: number;
  /** Decay of the second moment. @default 0.999 */
  readonly beta2?: number;
  /** Added to the root of the second moment; the same on every backend. @default 1e-8 */
  readonly epsilon?: number;
}

/** State of {@link adamW}: plain tensors by the names of the parameters. */
export interface AdamWState {
  /** Updates so far. */
  readonly step: number;
  readonly first: Parameters;
  readonly second: Parameters;
}

/** What an update may change from step to step. */
export interface AdamWRates {
  readonly learningRate: number;
  /** Decoupled: every update multiplies the parameters by `1 - learningRate * weightDecay`. @default 0 */
  readonly weightDecay?: number;
}

/** An optimiser as a pair of pure functions over named parameters. */
export interface Optimizer<State, Rates> {
  init(parameters: Parameters): State;
  /** New tensors for parameters and state; the old ones are left alone. Parameters without a gradient stay as they are. */
  update(
    state: State,
    parameters: Parameters,
    gradients: Parameters,
    rates: Rates,
  ): { parameters: Parameters; state: State };
}

/**
 * AdamW (Loshchilov & Hutter 2019), with the arithmetic of torch: after the decay,
 * `p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)`.
 *
 * @throws if a constant is out of range
 */
export function adamW({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
}: AdamWOptions = {}): Optimizer<AdamWState, AdamWRates> {
  for (const [name, beta] of Object.entries({ beta1, beta2 })) {
    if (!(beta >= 0 && beta < 1)) throw new Error(`adamW: ${name} must be in [0, 1), got ${beta}`);
  }
  if (!(epsilon > 0)) throw new Error(`adamW: epsilon must be positive, got ${epsilon}`);
  return {
    init: (parameters) => ({
      step: 0,
      first: map(parameters, (value) => zerosLike(value)),
      second: map(parameters, (value) => zerosLike(value)),
    }),
    update(state, parameters, gradients, { learningRate, weightDecay = 0 }) {
      const step = state.step + 1;
      const rate = learningRate / (1 - beta1 ** step);
      const correction = Math.sqrt(1 - beta2 ** step);
      const first: Record<string, Tensor> = {};
      const second: Record<string, Tensor> = {};
      const updated: Record<string, Tensor> = {};
      for (const [name, value] of Object.entries(parameters)) {
        const gradient = gradients[name];
        const m = state.first[name]!;
        const v = state.second[name]!;
        if (!gradient) {
          [updated[name], first[name], second[name]] = [value.clone(), m.clone(), v.clone()];
          continue;
        }
        [updated[name], first[name], second[name]] = tidy(() => {
          const m1 = add(mul(m, beta1), mul(gradient, 1 - beta1));
          const v1 = add(mul(v, beta2), mul(square(gradient), 1 - beta2));
          const change = div(m1, add(div(sqrt(v1), correction), epsilon));
          const decayed = weightDecay === 0 ? value : mul(value, 1 - learningRate * weightDecay);
          return [sub(decayed, mul(change, rate)), m1, v1];
        }) as [Tensor, Tensor, Tensor];
      }
      return { parameters: updated, state: { step, first, second } };
    },
  };
}

function map(parameters: Parameters, f: (value: Tensor) => Tensor): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, f(value)]));
}
