import { activate, layer, layerGradient, MlpLayer, multiplySlopes } from "./mlp";
import { gemm } from "./gemm";
import { addProduct, share } from "./rowProduct";
import { addTo } from "./rows";
import { bytes, madd, mul, splat } from "./vector";

/** Trials at a time. */
const TRIALS: i32 = 24;

/** Arguments of {@link odeSequence} and {@link odeSequenceGradient}; B trials, T bins. */
@unmanaged
export class OdeSequence {
  bins: i32;
  batch: i32;
  /** Of the solver in a bin. */
  steps: i32;
  stages: i32;
  /** Width of the state. */
  size: i32;
  /** Width of the input, 0 for none. */
  inputs: i32;
  activation: i32;
  /** {@link MlpLayer}s, one after the other. */
  layers: usize;
  count: i32;
  /** Coefficients of the tableau times the length of a step: a row for each stage, then that of the result, `[stages + 1, stages]`. */
  coefficients: usize;
  /** `[T, B, inputs]`, packed weights `[inputs, outputs of the first layer]` and their transpose. */
  x: usize;
  inputWeight: usize;
  inputTransposed: usize;
  h0: usize;
  /** States after each step, `[T, steps, B, size]`. */
  path: usize;
  /** Gradients: of the states after each bin `[T, B, size]`, of the input, of h0. */
  dStates: usize;
  dX: usize;
  dH0: usize;
  /** Parts of the trials, each with gradients of all weights, `dWeightsStep` bytes apart. */
  parts: i32;
  dWeights: usize;
  dWeightsStep: usize;
  /** Bytes from the start of these to those of the input's weights. */
  dInputWeight: usize;
  /** Places in the scratch memory, in bytes: stages' states, their gradients, sums of the input, their gradients, products. */
  states: usize;
  dStages: usize;
  sums: usize;
  dSums: usize;
  products: usize;
}

@inline
function layerAt(p: OdeSequence, i: i32): MlpLayer {
  return changetype<MlpLayer>(p.layers + usize(i) * offsetof<MlpLayer>());
}

@inline
function coefficient(p: OdeSequence, row: i32, j: i32): f32 {
  return load<f32>(p.coefficients + bytes(row * p.stages + j));
}

/** State before a step: that of the first is h0. */
@inline
function before(p: OdeSequence, step: i32, trial: i32): usize {
  const states = step > 0 ? p.path + bytes((step - 1) * p.batch * p.size) : p.h0;
  return states + bytes(trial * p.size);
}

/** Trials `from` to `to`, at most {@link TRIALS}, of a neural ODE over a sequence. */
export function odeSequence(p: OdeSequence, scratch: usize, from: i32, to: i32): void {
  const rows = to - from;
  for (let t = 0; t < p.bins; t++) {
    inputSums(p, scratch, t, from, rows);
    for (let i = t * p.steps; i < (t + 1) * p.steps; i++) {
      const state = before(p, i, from);
      for (let stage = 0; stage < p.stages; stage++) slope(p, scratch, state, stage, rows);
      combine(p, before(p, i + 1, from), state, scratch, p.stages, rows);
    }
  }
}

/** What the input adds to the sums of the first layer, its bias included. */
function inputSums(p: OdeSequence, scratch: usize, t: i32, trial: i32, rows: i32): void {
  if (!p.inputs) return;
  const first = layerAt(p, 0);
  const x = p.x + bytes((t * p.batch + trial) * p.inputs);
  const step = bytes(first.outputs);
  gemm(scratch + p.sums, step, first.bias, 0, x, bytes(p.inputs), p.inputWeight, rows, first.outputs, p.inputs);
}

/** The state of a stage and its slope, from the slopes before it. */
function slope(p: OdeSequence, scratch: usize, state: usize, stage: i32, rows: i32): void {
  let x = scratch + p.states + bytes(stage * rows * p.size);
  combine(p, x, state, scratch, stage, rows);
  for (let i = 0; i < p.count; i++) {
    const l = layerAt(p, i);
    const y = scratch + l.y + bytes(stage * rows * l.outputs);
    const driven = p.inputs && i == 0;
    layer(l, y, driven ? scratch + p.sums : l.bias, driven ? bytes(l.outputs) : 0, x, rows);
    if (i < p.count - 1) activate(p.activation, y, bytes(rows * l.outputs));
    x = y;
  }
}

/** `target = state + sum_j a_j k_j` with the coefficients of a row and as many slopes as it has: results of the last layer. */
function combine(p: OdeSequence, target: usize, state: usize, scratch: usize, row: i32, rows: i32): void {
  const size = bytes(rows * p.size);
  const slopes = scratch + layerAt(p, p.count - 1).y;
  memory.copy(target, state, size);
  for (let j = 0; j < row; j++) {
    const a = coefficient(p, row, j);
    if (a != 0) addScaled(target, a, slopes + usize(j) * size, size);
  }
}

/** Adds `a` times `size` bytes of numbers. */
function addScaled(target: usize, a: f32, source: usize, size: usize): void {
  const factor = splat(a);
  for (let j: usize = 0; j < size; j += 16) {
    v128.store(target + j, madd(v128.load(target + j), factor, v128.load(source + j)));
  }
}

/** Parts `from` to `to` of its gradient: those of the weights are summed over the trials of a part, in their order. */
export function odeSequenceGradient(p: OdeSequence, scratch: usize, from: i32, to: i32): void {
  for (let part = from; part < to; part++) {
    const last = share(p.batch, part + 1, p.parts);
    const weights = p.dWeights + usize(part) * p.dWeightsStep;
    memory.fill(weights, 0, p.dWeightsStep);
    for (let trial = share(p.batch, part, p.parts); trial < last; trial += TRIALS) {
      trialsGradient(p, scratch, weights, trial, min(TRIALS, last - trial));
    }
  }
}

function trialsGradient(p: OdeSequence, scratch: usize, weights: usize, trial: i32, rows: i32): void {
  const d = p.dH0 + bytes(trial * p.size);
  const size = bytes(rows * p.size);
  const first = layerAt(p, 0);
  const width = bytes(rows * first.outputs);
  memory.fill(d, 0, size);
  for (let t = p.bins - 1; t >= 0; t--) {
    addTo(d, p.dStates + bytes((t * p.batch + trial) * p.size), size);
    inputSums(p, scratch, t, trial, rows);
    if (p.inputs) memory.fill(scratch + p.dSums, 0, width);
    for (let i = (t + 1) * p.steps - 1; i >= t * p.steps; i--) {
      const state = before(p, i, trial);
      for (let stage = 0; stage < p.stages; stage++) slope(p, scratch, state, stage, rows);
      stepGradient(p, scratch, d, rows);
      for (let j = 0; j < p.count; j++) {
        const l = layerAt(p, j);
        const x = scratch + (j > 0 ? layerAt(p, j - 1).y : p.states);
        const dSums = scratch + l.dSums;
        const products = scratch + p.products;
        addProduct(weights + l.dWeight, weights + l.dBias, dSums, l.outputs, x, l.inputs, p.stages * rows, products);
      }
      if (!p.inputs) continue;
      for (let stage = 0; stage < p.stages; stage++) {
        addTo(scratch + p.dSums, scratch + first.dSums + usize(stage) * width, width);
      }
    }
    if (p.inputs) inputGradient(p, scratch, weights, t, trial, rows);
  }
}

/** From the gradient of the state after a step to that of the state before it, in place; those of the layers' sums on the way. */
function stepGradient(p: OdeSequence, scratch: usize, d: usize, rows: i32): void {
  const size = bytes(rows * p.size);
  const dStages = scratch + p.dStages;
  const end = layerAt(p, p.count - 1);
  for (let stage = p.stages - 1; stage >= 0; stage--) {
    const dSlope = scratch + end.dSums + usize(stage) * size;
    const weight = splat(coefficient(p, p.stages, stage));
    for (let j: usize = 0; j < size; j += 16) v128.store(dSlope + j, mul(weight, v128.load(d + j)));
    for (let later = stage + 1; later < p.stages; later++) {
      const a = coefficient(p, later, stage);
      if (a != 0) addScaled(dSlope, a, dStages + usize(later) * size, size);
    }
    for (let i = p.count - 1; i > 0; i--) {
      const l = layerAt(p, i);
      const below = layerAt(p, i - 1);
      const at = bytes(stage * rows * l.inputs);
      const dSums = scratch + below.dSums + at;
      layerGradient(l, dSums, scratch + l.dSums + bytes(stage * rows * l.outputs), rows);
      multiplySlopes(p.activation, dSums, scratch + below.y + at, bytes(rows * l.inputs));
    }
    const l = layerAt(p, 0);
    layerGradient(l, dStages + usize(stage) * size, scratch + l.dSums + bytes(stage * rows * l.outputs), rows);
  }
  addTo(d, dStages, size);
  for (let stage = 1; stage < p.stages; stage++) addTo(d, dStages + usize(stage) * size, size);
}

function inputGradient(p: OdeSequence, scratch: usize, weights: usize, t: i32, trial: i32, rows: i32): void {
  const n = layerAt(p, 0).outputs;
  const at = bytes((t * p.batch + trial) * p.inputs);
  const step = bytes(p.inputs);
  const dSums = scratch + p.dSums;
  const dX = p.dX + at;
  memory.fill(dX, 0, usize(rows) * step);
  gemm(dX, step, dX, step, dSums, bytes(n), p.inputTransposed, rows, p.inputs, n);
  const unused = scratch + p.sums; // the sums of this bin are done with
  addProduct(weights + p.dInputWeight, unused, dSums, n, p.x + at, p.inputs, rows, scratch + p.products);
}
