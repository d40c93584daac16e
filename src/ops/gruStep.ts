import {
  abs,
  add,
  addN,
  cast,
  clipByValue,
  concat,
  less,
  matMul,
  mul,
  sigmoid,
  slice,
  square,
  sub,
  type Tensor,
  tanh,
  transpose,
} from "@tensorflow/tfjs-core";
import { at } from "./heap";
import { asMatrix, transposedMatMul } from "./linear";

/**
 * One tensor for each gate: update z, reset r, candidate n. The gates are kept apart because a slice along the first axis
 * is a plain copy, and one along the last is a slow loop over rows in the wasm backend.
 */
export type Gates = {
  readonly z: Tensor;
  readonly r: Tensor;
  readonly n: Tensor;
};

/** The gates' blocks of rows of a weight `[3H, width]` or a bias `[3H]`. */
export function gateRows(weight: Tensor): Gates {
  const [rows, ...rest] = weight.shape as [number, ...number[]];
  const units = rows / 3;
  const block = (gate: number) => slice(weight, [gate * units, ...rest.map(() => 0)], [units, ...rest]);
  return { z: block(0), r: block(1), n: block(2) };
}

/** {@link gateRows} of a weight, transposed: `[width, H]` each. */
export function gateColumns(weight: Tensor): Gates {
  return mapGates(gateRows(weight), (block) => transpose(block));
}

/** Stacks the gates' blocks of rows again. */
export function joinRows({ z, r, n }: Gates): Tensor {
  return concat([z, r, n], 0);
}

export function mapGates(gates: Gates, f: (gate: Tensor, name: keyof Gates) => Tensor): Gates {
  return { z: f(gates.z, "z"), r: f(gates.r, "r"), n: f(gates.n, "n") };
}

/**
 * One step of the clipped GRU with the reset gate applied before the recurrent product:
 * `z, r = sigmoid(g + h U)`, `n = tanh(g_n + (r h) U_n)`, `h' = clip(z h + (1 - z) n)`.
 *
 * @param g input projection and bias of each gate, `[batch, H]`
 * @param previous `[batch, H]`
 * @param u recurrent weights, `[H, H]` each, from {@link gateColumns}
 */
export function gruStep(
  g: Gates,
  previous: Tensor,
  u: Gates,
  clip: number,
): Gates & { readonly state: Tensor } {
  const z = sigmoid(add(g.z, matMul(previous, u.z)));
  const r = sigmoid(add(g.r, matMul(previous, u.r)));
  const n = tanh(add(g.n, matMul(mul(r, previous), u.n)));
  const state = add(n, mul(z, sub(previous, n)));
  return { state: clip < Infinity ? clipByValue(state, -clip, clip) : state, z, r, n };
}

/** What the gradient of a step multiplies by: slopes of the state by its way through `z h` and by the gates before their sigmoid or tanh. */
export type GruSlopes = Gates & {
  readonly kept: Tensor;
  /** Of `r h` by h. */
  readonly reset: Tensor;
};

/**
 * Slopes of {@link gruStep}, of all bins at once, so that few operations are left to each.
 *
 * @param after states after each bin and their gates, `[bins, batch, H]`
 * @param previous states before each bin, `[bins, batch, H]`
 */
export function gruSlopes(
  { state, z, r, n }: Gates & { readonly state: Tensor },
  previous: Tensor,
  clip: number,
): GruSlopes {
  // A saturated state is at the bound itself, so the state tells where the gradient passes.
  const pass = (x: Tensor): Tensor => (clip < Infinity ? mul(x, cast(less(abs(state), clip), "float32")) : x);
  const kept = pass(z);
  return {
    kept,
    reset: r,
    n: mul(pass(sub(1, z)), sub(1, square(n))),
    z: mul(mul(kept, sub(1, z)), sub(previous, n)),
    r: mul(mul(r, sub(1, r)), previous),
  };
}

/** Those of one bin, `[batch, H]` each. */
export function slopesAt({ kept, reset, z, r, n }: GruSlopes, t: number): GruSlopes {
  return { kept: at(kept, t), reset: at(reset, t), z: at(z, t), r: at(r, t), n: at(n, t) };
}

/**
 * Gradient of {@link gruStep} given the gradient of the state after it.
 *
 * @param u recurrent weights, from {@link gateRows}
 * @returns the gradients of the gates' inputs and of the previous state, `[batch, H]` each
 */
export function gruStepGradient(
  dState: Tensor,
  slopes: GruSlopes,
  u: Gates,
): { dGates: Gates; dPrevious: Tensor } {
  const [dn, dz] = [mul(dState, slopes.n), mul(dState, slopes.z)];
  const dReset = matMul(dn, u.n);
  const dr = mul(dReset, slopes.r);
  const direct = add(mul(dState, slopes.kept), mul(dReset, slopes.reset));
  return {
    dGates: { z: dz, r: dr, n: dn },
    dPrevious: addN([direct, matMul(dz, u.z), matMul(dr, u.r)]),
  };
}

/**
 * Gradient of `weight_hh` summed over time, from stacked activations: one product for each gate.
 *
 * @param dGates `[time * batch, H]` each
 * @param previous states before each step, `[time * batch, H]`
 * @param reset reset gates, `[time * batch, H]`
 */
export function recurrentWeightGradient({ z, r, n }: Gates, previous: Tensor, reset: Tensor): Tensor {
  return joinRows({
    z: transposedMatMul(z, previous),
    r: transposedMatMul(r, previous),
    n: transposedMatMul(n, mul(reset, previous)),
  });
}

/** States before each step in the order of the bins, `[time * batch, H]`, from the states after each step and the first. */
export function statesBefore(states: Tensor, first: Tensor, reverse = false): Tensor {
  const [bins, batch, units] = states.shape as [number, number, number];
  if (bins === 1) return first;
  const inner = asMatrix(slice(states, [reverse ? 1 : 0, 0, 0], [bins - 1, batch, units]));
  return concat(reverse ? [inner, first] : [first, inner], 0);
}
