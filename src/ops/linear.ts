import { add, matMul, reshape, sum, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** Inputs of {@link linearOp}. */
export type LinearInputs = { x: Tensor; weight: Tensor; bias?: Tensor };

/** Rows of the last axis as a matrix: `[..., n]` to `[rows, n]`. */
export function asMatrix(x: Tensor): Tensor {
  return reshape(x, [-1, x.shape[x.rank - 1]!]);
}

/** `a^T b` by an explicit transpose, which the wasm backend multiplies ten times faster than a transposed operand. */
export function transposedMatMul(a: Tensor, b: Tensor): Tensor {
  return tidy(() => matMul(transpose(a), b));
}

/** The kernel. */
export const linearOp: Op<LinearInputs, Record<string, never>> = {
  name: "LfadsLinear",
  results: 1,
  outputs: 1,
  forward({ x, weight, bias }) {
    return [
      tidy(() => {
        const y = matMul(asMatrix(x), transpose(weight));
        return reshape(bias ? add(y, bias) : y, [...x.shape.slice(0, -1), weight.shape[0]!]);
      }),
    ];
  },
  gradient([dy], { x, weight }) {
    const rows = asMatrix(dy!);
    return {
      x: () => reshape(matMul(rows, weight), x.shape),
      weight: () => transposedMatMul(rows, asMatrix(x)),
      bias: () => sum(rows, 0),
    };
  },
};

/**
 * Affine map of the last axis, `y = x W^T + b`.
 *
 * @example
 * ```ts
 * import { tensor } from "@tensorflow/tfjs-core";
 * import { linear } from "lfads";
 *
 * const weight = tensor([1, 0, 0, 1, 1, 1], [3, 2]); // 2 inputs, 3 outputs
 * const y = linear(tensor([2, 5], [1, 2]), weight, tensor([0, 0, 10]));
 * console.log(y.dataSync().join()); // 2,5,17
 * ```
 * @param x `[..., inputs]`
 * @param weight `[outputs, inputs]`
 * @param bias `[outputs]`, none by default
 * @returns `[..., outputs]`
 * @throws if the last axis of `x` is not `inputs` wide, or the bias not `outputs`
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [outputs, inputs] = weight.shape;
  if (weight.rank !== 2 || x.rank < 1 || x.shape[x.rank - 1] !== inputs) {
    throw new Error(
      `linear: x [${x.shape}] must end with the inputs of weight [outputs, inputs] = [${weight.shape}]`,
    );
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== outputs)) {
    throw new Error(`linear: bias must have shape [${outputs}], got [${bias.shape}]`);
  }
  return runOp(linearOp, bias ? { x, weight, bias } : { x, weight }, {})[0]!;
}
