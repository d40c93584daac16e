import {
  abs,
  add,
  cast,
  clipByValue,
  concat,
  less,
  matMul,
  mul,
  reshape,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tanh,
  transpose,
} from "@tensorflow/tfjs-core";
import { asMatrix, transposedMatMul } from "./linear";

/** Columns `[from, from + width)` of a matrix. */
export function columns(x: Tensor, from: number, width: number): Tensor {
  return slice(x, [0, from], [x.shape[0]!, width]);
}

/** Rows of `t`-th entry of the first axis: `[time, batch, n]` to `[batch, n]`. */
export function at(x: Tensor, t: number): Tensor {
  const [, batch, width] = x.shape as [number, number, number];
  return reshape(slice(x, [t, 0, 0], [1, batch, width]), [batch, width]);
}

/** The two recurrent blocks of `weight_hh` `[3H, H]`, in the orientation that a pass needs. */
export interface RecurrentBlocks {
  /** Update and reset gates. */
  readonly zr: Tensor;
  /** Candidate state. */
  readonly n: Tensor;
}

/** Blocks `U^T` of the forward pass: `[H, 2H]` and `[H, H]`. */
export function forwardBlocks(weightHh: Tensor): RecurrentBlocks {
  const { zr, n } = backwardBlocks(weightHh);
  return { zr: transpose(zr), n: transpose(n) };
}

/** Blocks `U` of the backward pass: `[2H, H]` and `[H, H]`. */
export function backwardBlocks(weightHh: Tensor): RecurrentBlocks {
  const units = weightHh.shape[1]!;
  return {
    zr: slice(weightHh, [0, 0], [2 * units, units]),
    n: slice(weightHh, [2 * units, 0], [units, units]),
  };
}

/** What one step of the cell leaves for its gradient. */
export interface GruActivations {
  /** State after the step, `[batch, H]`. */
  readonly state: Tensor;
  /** Update and reset gates, `[batch, 2H]`. */
  readonly zr: Tensor;
  /** Candidate state, `[batch, H]`. */
  readonly n: Tensor;
}

/**
 * One step of the clipped GRU with the reset gate applied before the recurrent product:
 * `z, r = sigmoid(g_zr + h U_zr)`, `n = tanh(g_n + (r h) U_n)`, `h' = clip(z h + (1 - z) n)`.
 *
 * @param gates `[batch, 3H]`: input projection and bias, in the order z, r, n
 * @param previous `[batch, H]`
 */
export function gruStep(gates: Tensor, previous: Tensor, u: RecurrentBlocks, clip: number): GruActivations {
  const units = previous.shape[1]!;
  const zr = sigmoid(add(columns(gates, 0, 2 * units), matMul(previous, u.zr)));
  const z = columns(zr, 0, units);
  const r = columns(zr, units, units);
  const n = tanh(add(columns(gates, 2 * units, units), matMul(mul(r, previous), u.n)));
  const state = add(n, mul(z, sub(previous, n)));
  return { state: clip < Infinity ? clipByValue(state, -clip, clip) : state, zr, n };
}

/**
 * Gradient of {@link gruStep} given the gradient of the state after it.
 *
 * @returns the gradients of the gates `[batch, 3H]` and of the previous state `[batch, H]`
 */
export function gruStepGradient(
  dState: Tensor,
  { state, zr, n }: GruActivations,
  previous: Tensor,
  u: RecurrentBlocks,
  clip: number,
): { dGates: Tensor; dPrevious: Tensor } {
  const units = previous.shape[1]!;
  const z = columns(zr, 0, units);
  const r = columns(zr, units, units);
  // A saturated state is at the bound itself, so the state tells where the gradient passes.
  const dh = clip < Infinity ? mul(dState, cast(less(abs(state), clip), "float32")) : dState;
  const dhz = mul(dh, z);
  const dn = mul(sub(dh, dhz), sub(1, mul(n, n))); // before the tanh
  const dz = mul(mul(dhz, sub(1, z)), sub(previous, n)); // before the sigmoid
  const dReset = matMul(dn, u.n); // of r h
  const dResetR = mul(dReset, r);
  const dr = mul(mul(dResetR, sub(1, r)), previous);
  const dzr = concat([dz, dr], 1);
  return {
    dGates: concat([dzr, dn], 1),
    dPrevious: add(add(dhz, dResetR), matMul(dzr, u.zr)),
  };
}

/**
 * Gradient of `weight_hh` summed over time, from stacked activations: one product for each block.
 *
 * @param dGates `[time * batch, 3H]`
 * @param previous states before each step, `[time * batch, H]`
 * @param zr gates, `[time * batch, 2H]`
 */
export function recurrentWeightGradient(dGates: Tensor, previous: Tensor, zr: Tensor): Tensor {
  const units = previous.shape[1]!;
  const reset = mul(columns(zr, units, units), previous);
  return concat(
    [
      transposedMatMul(columns(dGates, 0, 2 * units), previous),
      transposedMatMul(columns(dGates, 2 * units, units), reset),
    ],
    0,
  );
}

/** States before each step in the order of the bins, `[time * batch, H]`, from the states after each step and the first. */
export function statesBefore(states: Tensor, first: Tensor, reverse = false): Tensor {
  const [bins, batch, units] = states.shape as [number, number, number];
  if (bins === 1) return first;
  const inner = asMatrix(slice(states, [reverse ? 1 : 0, 0, 0], [bins - 1, batch, units]));
  return concat(reverse ? [inner, first] : [first, inner], 0);
}
