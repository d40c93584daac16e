import { RandomStream, sampleIntegers } from "lfads";

/** Spearman's rank correlation; equal values share the mean of their ranks. NaN where all values of one side are equal. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [centred(ranks(x)), centred(ranks(y))];
  const product = (p: readonly number[], q: readonly number[]) => p.reduce((sum, v, i) => sum + v * q[i]!, 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/**
 * 95 % interval of a statistic of `count` units by the percentile bootstrap: the statistic of as many units, drawn with replacement,
 * again and again. Draws for which it is NaN do not count.
 */
export function bootstrapInterval(
  count: number,
  statistic: (units: readonly number[]) => number,
  { draws = 10_000, seed = 0 }: { readonly draws?: number; readonly seed?: number } = {},
): readonly [number, number] {
  const stream = RandomStream.fromSeed(seed).fork("bootstrap");
  const values = Array.from({ length: draws }, () =>
    statistic(Array.from(sampleIntegers(stream, count, 0, count))),
  )
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const at = (quantile: number) => values[Math.round(quantile * (values.length - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
  const ranked = new Array<number>(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let i = first; i < end; i++) ranked[order[i]!] = (first + end - 1) / 2;
    first = end;
  }
  return ranked;
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
