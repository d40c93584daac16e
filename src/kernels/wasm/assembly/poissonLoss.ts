import { exp } from "./exponentials";
import { gemm } from "./gemm";
import { log } from "./log";
import { add, bytes, mul, splat, sub } from "./vector";

const HALF_LOG_TWO_PI: f64 = 0.9189385332046727;

/** Arguments of {@link poissonLoss}; B trials, T bins, N channels. */
@unmanaged
export class PoissonLoss {
  bins: i32;
  batch: i32;
  /** Width of the factors, channels before and after padding. */
  factors: i32;
  channels: i32;
  columns: i32;
  /** `[T, B, factors]` */
  x: usize;
  /** Packed `[factors, columns]`, and `[columns]`. */
  weight: usize;
  bias: usize;
  /** `[B, T, N]`, not padded; so are weights and mask, 0 for none. */
  counts: usize;
  lossWeight: usize;
  gradientMask: usize;
  /** `[B, heldBins, heldChannels]`, not padded, 0 for none. */
  heldOutWeight: usize;
  heldBins: i32;
  heldChannels: i32;
  /** log k! of small whole numbers. */
  table: usize;
  tableSize: i32;
  /** Takes log-rates, then the loss's slopes by them: `[T, B, columns]`, or with step 0 the same row for all. */
  slopes: usize;
  slopesStep: usize;
  /** Sums over the channels, `[T B, 2]` doubles: the loss, and the one with held-out weights. */
  losses: usize;
}

/** Bins and trials `from` to `to` of the loss. */
export function poissonLoss(p: PoissonLoss, scratch: usize, from: i32, to: i32): void {
  const step = bytes(p.columns);
  const xStep = bytes(p.factors);
  const slopes = p.slopesStep ? p.slopes + usize(from) * step : scratch;
  gemm(slopes, step, p.bias, 0, p.x + usize(from) * xStep, xStep, p.weight, to - from, p.columns, p.factors);
  for (let row = from; row < to; row++) {
    const t = row / p.batch;
    const trial = row % p.batch;
    const at = bytes((trial * p.bins + t) * p.channels);
    const weight = p.lossWeight ? p.lossWeight + at : 0;
    const mask = p.gradientMask ? p.gradientMask + at : 0;
    const held = p.heldOutWeight && t < p.heldBins;
    const heldAt = held ? p.heldOutWeight + bytes((trial * p.heldBins + t) * p.heldChannels) : 0;
    lossOfRow(p, slopes + usize(row - from) * step, p.counts + at, weight, mask, heldAt, p.losses + (usize(row) << 4));
  }
}

/** Sums over the channels of a row, whose log-rates turn into slopes. */
function lossOfRow(
  p: PoissonLoss,
  row: usize,
  counts: usize,
  weight: usize,
  mask: usize,
  held: usize,
  losses: usize,
): void {
  const one = splat(1);
  const zero = splat(0);
  let total = f64x2.splat(0);
  let heldOut = f64x2.splat(0);
  for (let j = 0; j < p.channels; j += 4) {
    const at = bytes(j);
    const o = v128.load(row + at);
    const k = v128.load(counts + at);
    const rate = exp(o);
    let loss = sub(rate, mul(k, o));
    if (v128.any_true(f32x4.gt(k, one))) loss = add(loss, logFactorials(p, k));
    let slope = sub(rate, k);
    if (held) heldOut = addPairs(heldOut, first(mul(loss, v128.load(held + at)), p.heldChannels - j));
    if (weight) {
      const w = v128.load(weight + at);
      loss = mul(loss, w);
      slope = mul(slope, w);
    }
    if (mask) slope = mul(slope, v128.load(mask + at));
    // Beyond the channels are numbers of the next row.
    v128.store(row + at, first(slope, p.channels - j));
    total = addPairs(total, first(loss, p.channels - j));
  }
  const rest = (p.channels + 3) & -4;
  if (rest < p.columns) v128.store(row + bytes(rest), zero);
  store<f64>(losses, f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
  store<f64>(losses, f64x2.extract_lane(heldOut, 0) + f64x2.extract_lane(heldOut, 1), 8);
}

/** `x`, but 0 in the lanes from `count` on. */
@inline
function first(x: v128, count: i32): v128 {
  if (count >= 4) return x;
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/** Adds four numbers to two sums. */
@inline
function addPairs(sums: v128, x: v128): v128 {
  sums = f64x2.add(sums, f64x2.promote_low_f32x4(x));
  return f64x2.add(sums, f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)));
}

/** Stirling's approximation of log k! where k > 1, else 0. */
function logFactorials(p: PoissonLoss, k: v128): v128 {
  return f32x4(
    logFactorial(p, f32x4.extract_lane(k, 0)),
    logFactorial(p, f32x4.extract_lane(k, 1)),
    logFactorial(p, f32x4.extract_lane(k, 2)),
    logFactorial(p, f32x4.extract_lane(k, 3)),
  );
}

function logFactorial(p: PoissonLoss, k: f32): f32 {
  if (!(k > 1)) return 0;
  if (k < f32(p.tableSize) && k == floor(k)) return load<f32>(p.table + bytes(i32(k)));
  const x = f64(k);
  const logX = log(x);
  return f32(x * logX - x + 0.5 * logX + HALF_LOG_TWO_PI);
}
