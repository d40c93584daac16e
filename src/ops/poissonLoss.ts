import {
  add,
  exp,
  matMul,
  mul,
  reshape,
  scalar,
  slice,
  sub,
  sum,
  type Tensor,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import { asMatrix, transposedMatMul } from "./linear";
import { type Op, runOp } from "./op";
import { requireShape } from "./requireShape";
import { stirling } from "./stirling";

/** Inputs of {@link poissonLoss}; B trials, T bins, N channels, F factors. */
export type PoissonLossInputs = {
  /** `[T, B, F]` */
  readonly factors: Tensor;
  /** Readout from factors to log-rates, `[N, F]` and `[N]`. */
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** `[B, T, N]`, constant. */
  readonly counts: Tensor;
  /** Factor of every element's loss, `[B, T, N]`, constant; 1 when absent. */
  readonly lossWeight?: Tensor;
  /** Factor of every element's gradient, `[B, T, N]`, constant; 1 when absent. */
  readonly gradientMask?: Tensor;
  /** Factors in the second sum, of the elements that come first: `[B, T or fewer, N or fewer]`; 0 beyond and when absent. */
  readonly heldOutWeight?: Tensor;
};

/** The kernel. */
export const poissonLossOp: Op<PoissonLossInputs & Record<string, Tensor>, object> = {
  name: "LfadsPoissonLoss",
  results: 2,
  outputs: 3,
  forward({ factors, weight, bias, counts, lossWeight, gradientMask, heldOutWeight }, _, recording) {
    return tidy(() => {
      const swap = (x: Tensor) => transpose(x, [1, 0, 2]);
      const times = (x: Tensor, factor?: Tensor) => (factor ? mul(x, factor) : x);
      const logRates = add(matMul(asMatrix(factors), transpose(weight)), bias);
      const o = swap(reshape(logRates, [...factors.shape.slice(0, 2), weight.shape[0]!]));
      const rates = exp(o);
      const loss = add(sub(rates, mul(counts, o)), stirling(counts));
      const total = sum(times(loss, lossWeight));
      const heldOut = heldOutWeight
        ? sum(mul(slice(loss, [0, 0, 0], heldOutWeight.shape as [number, number, number]), heldOutWeight))
        : scalar(0);
      if (!recording) return [total, heldOut];
      return [total, heldOut, swap(times(times(sub(rates, counts), lossWeight), gradientMask))];
    });
  },
  gradient([dTotal], { factors, weight }, [, , slopes]) {
    const rows = () => mul(asMatrix(slopes!), dTotal!);
    return {
      factors: () => reshape(matMul(rows(), weight), factors.shape),
      weight: () => transposedMatMul(rows(), asMatrix(factors)),
      bias: () => sum(rows(), 0),
      ...constants,
    };
  },
};

function constant(): never {
  throw new Error("poissonLoss: counts, weights and masks are constants, without gradients");
}

/** What has no gradient. */
export const constants = {
  counts: constant,
  lossWeight: constant,
  gradientMask: constant,
  heldOutWeight: constant,
};

/**
 * Poisson loss straight from the factors, summed over all elements: with log-rates `o = W f + b` and counts k, the sum of
 * `w (exp(o) - k o + log k!)`, the last term by Stirling's approximation where k > 1. Gradients pass each element
 * times its mask.
 *
 * @returns scalars: the sum, and the one with the held-out weights instead of w, which has no gradient
 * @throws if a shape does not fit the others
 */
export function poissonLoss(inputs: PoissonLossInputs): { total: Tensor; heldOut: Tensor } {
  const { factors, weight, bias, counts, lossWeight, gradientMask, heldOutWeight } = inputs;
  if (factors.rank !== 3) {
    throw new Error(`poissonLoss: factors must be [bins, trials, factors], got [${factors.shape}]`);
  }
  const [bins, trials, width] = factors.shape as [number, number, number];
  const channels = weight.shape[0]!;
  const all = [trials, bins, channels];
  const shapes: [string, Tensor | undefined, number[]][] = [
    ["weight", weight, [channels, width]],
    ["bias", bias, [channels]],
    ["counts", counts, all],
    ["lossWeight", lossWeight, all],
    ["gradientMask", gradientMask, all],
  ];
  for (const [name, tensor, shape] of shapes) {
    if (tensor) requireShape("poissonLoss", name, tensor, shape);
  }
  if (heldOutWeight) {
    const [rows, ...rest] = heldOutWeight.shape;
    if (heldOutWeight.rank !== 3 || rows !== trials || rest.some((n, i) => n > all[i + 1]!)) {
      throw new Error(
        `poissonLoss: heldOutWeight must be [${trials}, at most ${bins}, at most ${channels}], got [${heldOutWeight.shape}]`,
      );
    }
  }
  const present = Object.fromEntries(
    Object.entries(inputs).filter(([, tensor]) => tensor !== undefined),
  ) as PoissonLossInputs & Record<string, Tensor>;
  const [total, heldOut] = runOp(poissonLossOp, present, {}) as [Tensor, Tensor];
  return { total, heldOut };
}
