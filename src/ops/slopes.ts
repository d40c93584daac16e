import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * Gradients of a scalar that was saved with its slopes by some inputs.
 * @param times a slope times the scalar's gradient
 */
export function fromSlopes<Name extends string>(
  names: readonly Name[],
  slopes: readonly Tensor[],
  times: (slope: Tensor) => Tensor,
): Record<Name, () => Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, () => times(slopes[i]!)])) as Record<
    Name,
    () => Tensor
  >;
}
