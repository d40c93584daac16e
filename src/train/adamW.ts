import { type Tensor, zerosLike } from "@tensorflow/tfjs-core";
import type { Parameters } from "../modules";
import { adamWStep } from "../ops";

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
  /** Largest norm of all gradients together; see `clipByGlobalNorm`. @default Infinity */
  readonly gradientClip?: number;
}

/** An optimiser as a pair of pure functions over named parameters. */
export interface Optimizer<State, Rates> {
  init(parameters: Parameters): State;
  /**
   * New tensors for parameters and state; the old ones are left alone. Parameters without a gradient stay as they are.
   * @returns also the norm of all gradients together before they were clipped, a scalar
   */
  update(
    state: State,
    parameters: Parameters,
    gradients: Parameters,
    rates: Rates,
  ): { parameters: Parameters; state: State; norm: Tensor };
}

/**
 * AdamW (Loshchilov & Hutter 2019), with the arithmetic of torch: after the decay,
 * `p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)`.
 *
 * @example
 * ```ts
 * import { scalar, square, sub } from "@tensorflow/tfjs-core";
 * import { adamW, type Parameters, valueAndGradients } from "lfads";
 *
 * const optimizer = adamW();
 * let parameters: Parameters = { x: scalar(0) };
 * let state = optimizer.init(parameters);
 * for (let step = 0; step < 100; step++) {
 *   const { gradients } = valueAndGradients(() => square(sub(parameters.x, 3)), parameters);
 *   ({ parameters, state } = optimizer.update(state, parameters, gradients, { learningRate: 0.1 }));
 * }
 * console.log(parameters.x.dataSync()[0].toFixed(1)); // 3.0
 * ```
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
    update(
      { step: before, first, second },
      parameters,
      gradients,
      { learningRate, weightDecay = 0, gradientClip: limit = Number.POSITIVE_INFINITY },
    ) {
      if (!(limit > 0)) throw new Error(`adamW: gradientClip must be positive, got ${limit}`);
      const step = before + 1;
      const names = Object.keys(parameters).filter((name) => gradients[name]);
      const of = (group: Parameters) => names.map((name) => group[name]!);
      const updated = adamWStep(
        { parameters: of(parameters), gradients: of(gradients), first: of(first), second: of(second) },
        {
          ...{ beta1, beta2, epsilon, limit },
          rate: learningRate / (1 - beta1 ** step),
          correction: Math.sqrt(1 - beta2 ** step),
          decay: 1 - learningRate * weightDecay,
        },
      );
      const replace = (group: Parameters, tensors: readonly Tensor[]) =>
        map(group, (value, name) => (gradients[name] ? tensors[names.indexOf(name)]! : value.clone()));
      return {
        parameters: replace(parameters, updated.parameters),
        state: { step, first: replace(first, updated.first), second: replace(second, updated.second) },
        norm: updated.norm,
      };
    },
  };
}

function map(parameters: Parameters, f: (value: Tensor, name: string) => Tensor): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, f(value, name)]));
}
