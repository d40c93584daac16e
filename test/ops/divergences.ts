import type { Named, Values } from "./values";

/** Standard deviations from normal numbers, as float32 holds them. */
export function positive({ data, shape }: Values): Values {
  return { data: data.map((x) => Math.fround(Math.exp(0.4 * x - 1))), shape };
}

/** Divergence of normal distributions from one, a mean over all but the last axis. */
export function divergence({ mean, std, priorMean, logvar }: Named<Values>): number {
  const size = priorMean!.data.length;
  const total = mean!.data.reduce((sum, m, i) => {
    const [mp, lv, s] = [priorMean!.data[i % size]!, logvar!.data[i % size]!, std!.data[i]!];
    return sum + lv / 2 - Math.log(s) + (s * s + (m - mp) ** 2) / (2 * Math.exp(lv)) - 0.5;
  }, 0);
  return (total * size) / mean!.data.length;
}

/** Estimate of the divergence from an autoregressive prior: log q - log p of one sample for each trial. */
export function estimate(values: Named<Values>, noise: ArrayLike<number>): number {
  const { mean, std, logtaus, lognvars } = values;
  const [trials, T, D] = mean!.shape as [number, number, number];
  let total = 0;
  for (let i = 0; i < trials * T * D; i++) {
    const d = i % D;
    const t = Math.floor(i / D) % T;
    const a = Math.exp(-Math.exp(-logtaus!.data[d]!));
    const v = Math.exp(lognvars!.data[d]!);
    const x = (j: number) => mean!.data[j]! + std!.data[j]! * noise[j]!;
    const [centre, spread] = t === 0 ? [0, v / (1 - a * a)] : [a * x(i - D), v];
    const logQ = -0.5 * noise[i]! ** 2 - Math.log(std!.data[i]!);
    total += logQ + 0.5 * ((x(i) - centre) ** 2 / spread + Math.log(spread));
  }
  return total / trials;
}
