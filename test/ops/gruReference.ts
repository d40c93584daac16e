import type { Named, Values } from "./differences";

/** What the tests hold the recurrent operations to: one number at a time, in double precision. */

export type Nested = readonly (readonly number[])[];

/** Rows of a matrix. */
export function rows({ data, shape }: Values): number[][] {
  const [count, width] = shape as [number, number];
  return Array.from({ length: count }, (_, i) => data.slice(i * width, (i + 1) * width));
}

/** `[bins, batch, width]` as an array of bins of trials. */
export function binsOf({ data, shape }: Values): number[][][] {
  const [bins, batch, width] = shape as [number, number, number];
  const size = batch * width;
  return Array.from({ length: bins }, (_, t) =>
    rows({ data: data.slice(t * size, (t + 1) * size), shape: [batch, width] }),
  );
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, x, i) => total + x * b[i]!, 0);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** State of one trial after one bin. */
export function gruStep(
  x: readonly number[],
  h: readonly number[],
  w: { readonly ih: Nested | null; readonly hh: Nested; readonly bias: readonly number[] },
  clip: number,
): number[] {
  const gate = (block: number, state: readonly number[]) =>
    h.map((_, i) => {
      const row = block * h.length + i;
      return w.bias[row]! + (w.ih ? dot(w.ih[row]!, x) : 0) + dot(w.hh[row]!, state);
    });
  const z = gate(0, h).map(sigmoid);
  const r = gate(1, h).map(sigmoid);
  const n = gate(
    2,
    h.map((value, i) => r[i]! * value),
  ).map(Math.tanh);
  return h.map((value, i) => Math.min(clip, Math.max(-clip, z[i]! * value + (1 - z[i]!) * n[i]!)));
}

/** States after each bin, flattened. */
export function gruSequence(
  inputs: Named<Values>,
  { clip, reverse, bins }: { clip: number; reverse: boolean; bins: number },
): number[] {
  const { x, weightIh, weightHh, bias, h0 } = inputs;
  const w = { ih: weightIh ? rows(weightIh) : null, hh: rows(weightHh!), bias: bias!.data };
  const data = x && binsOf(x);
  const states: number[][][] = [];
  let previous = rows(h0!);
  for (let i = 0; i < bins; i++) {
    const t = reverse ? bins - 1 - i : i;
    previous = previous.map((h, trial) => gruStep(data ? data[t]![trial]! : [], h, w, clip));
    states[t] = previous;
  }
  return states.flat(2);
}
