import "@tensorflow/tfjs-layers"; // registers the gradients of the tensor operations
import { engine, mul, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Parameters } from "../modules";
import { clipFactor, globalNorm } from "../ops";

/**
 * Value and gradients of a scalar function of named parameters. A parameter that the value does not depend on has no
 * gradient.
 *
 * @param f called once; what it computes besides its value must be kept by the caller
 */
export function valueAndGradients(
  f: () => Tensor,
  parameters: Parameters,
): { value: Tensor; gradients: Parameters } {
  const names = Object.keys(parameters);
  const { value, grads } = freeingTape(() =>
    engine().gradients(f, Object.values(parameters), undefined, true),
  );
  const gradients = Object.fromEntries(
    names.map((name, i) => [name, grads[i]]).filter(([, gradient]) => gradient),
  ) as Parameters;
  return { value, gradients };
}

/** Frees what was saved for the backward pass when an error prevents it; by itself tfjs does so after a backward pass only. */
function freeingTape<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    const { state } = engine();
    if (state.gradientDepth === 0) {
      for (const node of state.activeTape ?? []) for (const saved of node.saved ?? []) saved.dispose();
    }
    throw error;
  }
}

/**
 * Scales gradients so that the Euclidean norm of all of them together is at most `limit`:
 * `g * min(1, limit / (norm + 1e-6))`.
 *
 * @returns the scaled gradients and the norm before scaling, a scalar
 */
export function clipByGlobalNorm(
  gradients: Parameters,
  limit: number,
): { gradients: Parameters; norm: Tensor } {
  if (!(limit > 0)) throw new Error(`clipByGlobalNorm: limit must be positive, got ${limit}`);
  return tidy(() => {
    const norm = globalNorm(Object.values(gradients));
    const factor = clipFactor(norm, limit);
    const scaled = Object.entries(gradients).map(([name, gradient]) => [name, mul(gradient, factor)]);
    return { gradients: Object.fromEntries(scaled) as Record<string, Tensor>, norm };
  });
}
