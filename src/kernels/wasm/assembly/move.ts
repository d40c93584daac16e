import { copyRows } from "./pack";
import { multiply } from "./rows";
import { add, bytes, splat } from "./vector";

/** Arguments of {@link multiplyAll}. */
@unmanaged
export class MultiplyAll {
  target: usize;
  a: usize;
  b: usize;
}

/** Products of two lists of numbers, `from` to `to`, both multiples of four. */
export function multiplyAll(p: MultiplyAll, scratch: usize, from: i32, to: i32): void {
  const start = bytes(from);
  multiply(p.target + start, p.a + start, p.b + start, bytes(to) - start);
}

/** Arguments of {@link swapRows}. */
@unmanaged
export class SwapRows {
  /** `[second, first, columns]` */
  target: usize;
  columns: i32;
  /** `[first, second, sourceColumns]` */
  source: usize;
  sourceColumns: i32;
  first: i32;
  second: i32;
  /** Numbers of a row that count. */
  width: i32;
}

/** Rows `from` to `to` of a tensor with its first two axes exchanged. */
export function swapRows(p: SwapRows, scratch: usize, from: i32, to: i32): void {
  const whole = bytes(p.width & -4);
  const used = bytes(p.width);
  const all = bytes(p.columns);
  for (let row = from; row < to; row++) {
    const source = p.source + bytes(((row % p.first) * p.second + row / p.first) * p.sourceColumns);
    const target = p.target + usize(row) * all;
    let j: usize = 0;
    for (; j < whole; j += 16) v128.store(target + j, v128.load(source + j));
    for (; j < used; j += 4) store<f32>(target + j, load<f32>(source + j));
    for (; j < all; j += 4) store<f32>(target + j, 0);
  }
}

/** Arguments of {@link droppedRows}: matrices that are not padded. */
@unmanaged
export class DroppedRows {
  /** `[B, bins, channels]` */
  target: usize;
  bins: i32;
  channels: i32;
  /** `[B, maskBins, maskChannels]` */
  mask: usize;
  maskBins: i32;
  maskChannels: i32;
}

/** Trials and bins `from` to `to` of what a mask drops: 1 where it is 0 and beyond it. */
export function droppedRows(p: DroppedRows, scratch: usize, from: i32, to: i32): void {
  const one = splat(1);
  const zero = splat(0);
  for (let row = from; row < to; row++) {
    const trial = row / p.bins;
    const t = row % p.bins;
    const mask = p.mask + bytes((trial * p.maskBins + t) * p.maskChannels);
    const target = p.target + bytes(row * p.channels);
    const within = t < p.maskBins ? p.maskChannels : 0;
    let j = 0;
    for (; j + 4 <= within; j += 4) {
      v128.store(target + bytes(j), v128.and(one, f32x4.eq(v128.load(mask + bytes(j)), zero)));
    }
    for (; j < within; j++) store<f32>(target + bytes(j), load<f32>(mask + bytes(j)) == 0 ? 1 : 0);
    for (; j < p.channels; j++) store<f32>(target + bytes(j), 1);
  }
}

/** Arguments of {@link copyAll}, those of `copyRows`. */
@unmanaged
export class CopyRows {
  target: usize;
  targetStep: usize;
  columns: i32;
  source: usize;
  sourceStep: usize;
  width: i32;
}

/** Rows `from` to `to` of a copy. */
export function copyAll(p: CopyRows, scratch: usize, from: i32, to: i32): void {
  const target = p.target + usize(from) * p.targetStep;
  copyRows(target, p.targetStep, p.columns, p.source + usize(from) * p.sourceStep, p.sourceStep, p.width, to - from);
}

/** Arguments of {@link sumParts}. */
@unmanaged
export class SumParts {
  /** The first of the parts, which takes their sum. */
  target: usize;
  parts: i32;
  /** Bytes from part to part. */
  step: usize;
}

/** Adds numbers `from` to `to`, multiples of four, of all other parts to the first, in the order of the parts. */
export function sumParts(p: SumParts, scratch: usize, from: i32, to: i32): void {
  for (let j = bytes(from); j < bytes(to); j += 16) {
    let sum = v128.load(p.target + j);
    let q = p.target + j;
    for (let part = 1; part < p.parts; part++) {
      q += p.step;
      sum = add(sum, v128.load(q));
    }
    v128.store(p.target + j, sum);
  }
}
