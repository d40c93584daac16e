import "@tensorflow/tfjs-layers"; // registers the gradients of the tensor operations
import { eye, grad, reshape, type Tensor, tensor2d, tidy, tile } from "@tensorflow/tfjs-core";

/** Rows that one backward pass takes. */
const ROWS_AT_ONCE = 16384;

/**
 * Jacobians of a function at many states: one backward pass for all of its outputs, on as many copies of each state.
 *
 * @param states `[rows, size]`, row-major
 * @returns `[rows, size, size]`: d value_i / d state_j at `[row, i, j]`
 */
export async function jacobians(
  value: (state: Tensor) => Tensor,
  states: Float32Array,
  size: number,
): Promise<Float32Array> {
  const rows = states.length / size;
  const atOnce = Math.max(1, Math.floor(ROWS_AT_ONCE / size));
  const result = new Float32Array(rows * size * size);
  for (let start = 0; start < rows; start += atOnce) {
    const part = states.subarray(start * size, (start + atOnce) * size);
    const count = part.length / size;
    const gradients = tidy(() => {
      const copies = reshape(tile(tensor2d(part, [count, size]), [1, size]), [count * size, size]);
      return grad(value)(copies, tile(eye(size), [count, 1]));
    });
    result.set(await gradients.data(), start * size * size);
    gradients.dispose();
  }
  return result;
}
