import { gemm } from "./gemm";
import { gruStep, gruStepGradient } from "./gru";
import { addTo } from "./rows";
import { sparseProduct } from "./sparse";
import { bytes } from "./vector";

/** Arguments of {@link gruSequence} and {@link gruSequenceGradient}; B trials, T bins. */
@unmanaged
export class GruSequence {
  bins: i32;
  batch: i32;
  /** Width of the input, 0 for none. */
  inputs: i32;
  /** 1 for an input of few entries that are not zero. */
  sparse: i32;
  units: i32;
  reverse: i32;
  clip: f32;
  /** `[T, B, inputs]` */
  x: usize;
  h0: usize;
  /** Packed weights of the inputs, bias, packed recurrent weights. */
  weightIh: usize;
  bias: usize;
  weightHh: usize;
  /** `[T, B, units]` */
  states: usize;
  /** `[T, B, 3 units]`, or one bin that all bins share: step 0. */
  gates: usize;
  gatesStep: usize;
  /** Gradients: of the states `[T, B, units]`, of the gates' sums `[T, B, 3 units]`, of h0 (zero on entry). */
  dStates: usize;
  dGates: usize;
  dH0: usize;
}

/** The step before, of `step` bytes each: that of the first is h0. */
@inline
function before(p: GruSequence, t: i32, row: usize, step: usize): usize {
  const other = p.reverse ? t + 1 : t - 1;
  return (other < 0 || other == p.bins ? p.h0 : p.states + usize(other) * usize(p.batch) * step) + row * step;
}

/** Trials `from` to `to` of a GRU over a sequence. Scratch: `[rows, units]`, no less than `2 inputs`. */
export function gruSequence(p: GruSequence, scratch: usize, from: i32, to: i32): void {
  const rows = to - from;
  const row = usize(from);
  const width = bytes(p.inputs);
  const step = bytes(p.units);
  for (let i = 0; i < p.bins; i++) {
    const t = p.reverse ? p.bins - 1 - i : i;
    const gates = p.gates + usize(t) * p.gatesStep + row * 3 * step;
    let s = p.bias;
    let sStep: usize = 0;
    if (p.inputs) {
      const x = p.x + (usize(t) * usize(p.batch) + row) * width;
      const n = 3 * p.units;
      if (p.sparse) sparseProduct(gates, 3 * step, s, x, width, p.weightIh, rows, n, p.inputs, scratch);
      else gemm(gates, 3 * step, s, 0, x, width, p.weightIh, rows, n, p.inputs);
      s = gates;
      sStep = 3 * step;
    }
    const next = p.states + (usize(t) * usize(p.batch) + row) * step;
    gruStep(gates, s, sStep, before(p, t, row, step), next, scratch, p.weightHh, rows, p.units, p.clip);
  }
}

/** Its gradient by gates and initial states; those by inputs and weights are products of the gates' gradients. */
export function gruSequenceGradient(p: GruSequence, scratch: usize, from: i32, to: i32): void {
  const rows = to - from;
  const row = usize(from);
  const step = bytes(p.units);
  const d = p.dH0 + row * step;
  for (let i = p.bins - 1; i >= 0; i--) {
    const t = p.reverse ? p.bins - 1 - i : i;
    const at = usize(t) * usize(p.batch) + row;
    addTo(d, p.dStates + at * step, usize(rows) * step);
    const gates = p.gates + at * 3 * step;
    const dGates = p.dGates + at * 3 * step;
    const h = before(p, t, row, step);
    gruStepGradient(d, dGates, gates, h, p.states + at * step, scratch, p.weightHh, rows, p.units, p.clip);
  }
}
