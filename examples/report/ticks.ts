import { superscript } from "./numbers";

/** Multiples of 1, 2 or 5 times a power of ten inside the domain, about `count` of them. */
export function linearTicks([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough * 0.75) ?? 10) * power;
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten inside the domain (every second, third, ... if many), or 1, 2, 5 times them where those are few. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
  const inside = (value: number) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const decades = powers.filter(inside);
  if (decades.length < 2) return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(inside);
  const every = Math.ceil(decades.length / 5);
  return decades.filter((_, i) => (decades.length - 1 - i) % every === 0);
}

/** Writes all values with the same decimals, as many as it takes to tell them apart; 0 is 0. */
export function alike(values: readonly number[]): (value: number) => string {
  const largest = Math.max(...values.map(Math.abs), 0);
  const exponent = largest > 0 && (largest < 1e-3 || largest >= 1e5) ? Math.floor(Math.log10(largest)) : 0;
  const digits = values.map((value) => String(Number((value / 10 ** exponent).toPrecision(12))));
  const decimals = Math.max(0, ...digits.map((text) => text.split(".")[1]?.length ?? 0));
  return (value) => {
    if (value === 0) return "0";
    const text = (value / 10 ** exponent).toFixed(Math.min(decimals, 12)).replace("-", "−");
    return exponent === 0 ? text : `${text}×10${superscript(exponent)}`;
  };
}
