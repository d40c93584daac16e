import { type Tensor, tensor2d, tile } from "@tensorflow/tfjs-core";
import type { Cell, Parameters } from "../modules";

/**
 * A function of states `[rows, size]`, in operations that have gradients; rows must not depend on each other. The input is
 * `[rows, inputs]`, or null where none is given.
 */
export type StateFunction = (state: Tensor, input: Tensor | null) => Tensor;

/**
 * A dynamical system: a map, x(t + 1) = map(x(t), u), or a flow, dx/dt = flow(x, u).
 *
 * ```ts
 * import { mul, pow, stack, sub, unstack } from "@tensorflow/tfjs-core";
 * import type { Dynamics } from "lfads";
 *
 * const duffing: Dynamics = {
 *   flow: (state) => {
 *     const [x, y] = unstack(state, 1);
 *     return stack([y, sub(sub(x, pow(x, 3)), mul(0.3, y))], 1);
 *   },
 * };
 * ```
 */
export type Dynamics = { readonly map: StateFunction } | { readonly flow: StateFunction };

/** The map of a cell: one bin. */
export function cellMap(
  cell: Pick<Cell, "inputSize" | "stateSize" | "step">,
  parameters: Parameters,
): { readonly map: StateFunction } {
  return {
    map: (state, input) => {
      if (state.shape[1] !== cell.stateSize) {
        throw new Error(`cellMap: states must be [rows, ${cell.stateSize}], got [${state.shape}]`);
      }
      if ((input?.shape[1] ?? 0) !== cell.inputSize) {
        throw new Error(
          `cellMap: the cell needs inputs of size ${cell.inputSize}, got ${input?.shape[1] ?? "none"}`,
        );
      }
      return cell.step(parameters, input, state);
    },
  };
}

/** The function of a system at one input, the same for all rows. */
export function atInput(dynamics: Dynamics, input: readonly number[] | null): (state: Tensor) => Tensor {
  const value = "map" in dynamics ? dynamics.map : dynamics.flow;
  if (!input) return (state) => value(state, null);
  return (state) => value(state, tile(tensor2d([[...input]]), [state.shape[0]!, 1]));
}
