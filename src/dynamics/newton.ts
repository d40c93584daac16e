import type { Tensor } from "@tensorflow/tfjs-core";
import { LuDecomposition, Matrix } from "ml-matrix";
import { jacobians } from "./jacobians";
import { evaluate } from "./residual";

/** Times that a step is halved before its row gives up. */
const HALVINGS = 6;

/**
 * Newton's method from many states: x - J^-1 r(x), solved in double precision, each step halved until q falls. A row ends
 * where no step makes q smaller: at a root, to the last bits of float32, or at a minimum of q that is none.
 *
 * @param states `[rows, size]`
 * @returns states of at most the same q
 */
export async function newtonPolish(
  residual: (state: Tensor) => Tensor,
  states: Float32Array,
  size: number,
  { steps, between }: { readonly steps: number; readonly between: (step: number) => Promise<void> },
): Promise<Float32Array> {
  const best = states.slice();
  const { q, residuals } = await evaluate(residual, best, size);
  let moving = Array.from(q.keys()).filter((row) => q[row]! > 0 && Number.isFinite(q[row]));
  for (let step = 0; step < steps && moving.length > 0; step++) {
    await between(step);
    const derivatives = await jacobians(residual, gather(best, moving, size), size);
    const directions = new Map<number, Float64Array>();
    moving.forEach((row, i) => {
      const derivative = derivatives.subarray(i * size * size, (i + 1) * size * size);
      const direction = newtonStep(derivative, residuals.subarray(row * size, (row + 1) * size));
      if (direction) directions.set(row, direction);
    });
    const moved: number[] = [];
    let trying = [...directions.keys()];
    for (let halving = 0; halving <= HALVINGS && trying.length > 0; halving++) {
      const tried = gather(best, trying, size);
      trying.forEach((row, i) => {
        directions.get(row)!.forEach((d, k) => {
          tried[i * size + k]! -= d / 2 ** halving;
        });
      });
      const at = await evaluate(residual, tried, size);
      trying = trying.filter((row, i) => {
        if (!(at.q[i]! < q[row]!)) return true;
        q[row] = at.q[i]!;
        best.set(tried.subarray(i * size, (i + 1) * size), row * size);
        residuals.set(at.residuals.subarray(i * size, (i + 1) * size), row * size);
        moved.push(row);
        return false;
      });
    }
    moving = moved.filter((row) => q[row]! > 0);
  }
  return best;
}

/** J^-1 r, or null where J has no inverse. */
export function newtonStep(derivative: Float32Array, residual: Float32Array): Float64Array | null {
  const size = residual.length;
  const lu = new LuDecomposition(Matrix.from1DArray(size, size, derivative));
  if (lu.isSingular()) return null;
  const direction = Float64Array.from(lu.solve(Matrix.columnVector(residual)).to1DArray());
  return direction.every(Number.isFinite) ? direction : null;
}

/** These rows, in this order. */
export function gather(states: Float32Array, rows: readonly number[], size: number): Float32Array {
  const gathered = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    gathered.set(states.subarray(row * size, (row + 1) * size), i * size);
  });
  return gathered;
}
