import { mul, square, sub, sum, type Tensor, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { atInput, type Dynamics } from "./dynamics";

/** What is zero at a fixed point: F(x) - x of a map, f(x) of a flow. */
export function residualAt(dynamics: Dynamics, input: readonly number[] | null): (state: Tensor) => Tensor {
  const value = atInput(dynamics, input);
  return "map" in dynamics ? (state) => sub(value(state), state) : value;
}

/** q = |residual|^2 / 2 of each row. */
export function speed(residual: Tensor): Tensor {
  return mul(0.5, sum(square(residual), 1));
}

/** Residuals `[rows, size]` and q `[rows]` of states `[rows, size]`, as numbers. */
export async function evaluate(
  residual: (state: Tensor) => Tensor,
  states: Float32Array,
  size: number,
): Promise<{ readonly residuals: Float32Array; readonly q: Float32Array }> {
  const { r, q } = tidy(() => {
    const r = residual(tensor2d(states, [states.length / size, size]));
    return { r, q: speed(r) };
  });
  const [residuals, speeds] = await Promise.all([r.data(), q.data()]);
  r.dispose();
  q.dispose();
  return { residuals: residuals as Float32Array, q: speeds as Float32Array };
}
