import type { NdArray } from "../../src/data/ndarray";

/** The smallest and largest finite number; `[0, 1]` if there is none. */
export function extent(values: Iterable<number>): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** An axis that covers `[low, high]` with a little air, and has a width even where all values are the same. */
export function padded([low, high]: readonly [number, number], air = 0.05): [number, number] {
  const width = high - low || Math.abs(high) * 0.2 || 1;
  return [low - air * width, high + air * width];
}

/** The `quantile` (0..1) of the finite numbers, by nearest rank; 0 if there is none. */
export function quantile(values: Iterable<number>, quantile: number): number {
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  return sorted[Math.round(quantile * (sorted.length - 1))] ?? 0;
}

/** Column `index` of an array `[..., columns]`, as plain numbers; what is not finite becomes NaN, which leaves a gap. */
export function column({ data, shape }: NdArray, index: number): number[] {
  const columns = shape.at(-1) ?? 1;
  const rows = columns === 0 ? 0 : data.length / columns;
  return Array.from({ length: rows }, (_, row) => finite(data[row * columns + index]));
}

/** The value, or NaN if it is not finite. */
export function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : Number.NaN;
}

/** The middle of each of `count` bins. */
export function binCenters(count: number, binSeconds: number): number[] {
  return Array.from({ length: count }, (_, bin) => (bin + 0.5) * binSeconds);
}

/** A number as a reader would write it: three digits that count, powers of ten for the very small and large. */
export function written(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [digits = "", exponent = ""] = value.toExponential(2).split("e");
    const mantissa = String(Number(digits));
    const power = `10${superscript(Number(exponent))}`;
    return mantissa === "1" ? power : `${mantissa}×${power}`.replace("-", "−");
  }
  return String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(3))).replace("-", "−");
}

/** A whole number in superscript digits. */
export function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])).join("");
}
