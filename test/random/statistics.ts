/** What the tests of the samplers measure, written apart from the library's own arithmetic. */

type Numbers = ArrayLike<number>;

export function mean(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Mean of ((x - centre) / scale)^power. */
export function moment(values: Numbers, power: number, centre = 0, scale = 1): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i]! - centre) / scale) ** power;
  return sum / values.length;
}

export function variance(values: Numbers): number {
  return moment(values, 2, mean(values));
}

export function correlation(a: Numbers, b: Numbers): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / a.length / Math.sqrt(variance(a) * variance(b));
}

export function logGamma(x: number): number {
  if (x < 20) return logGamma(x + 1) - Math.log(x);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3);
}

/** P(Gamma(shape) < x), by the power series. */
export function gammaCdf(shape: number, x: number): number {
  if (x <= 0) return 0;
  let term = Math.exp(shape * Math.log(x) - x - logGamma(shape + 1));
  let sum = term;
  for (let n = 1; n < x || term > 1e-17 * sum; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum;
}

export function normalCdf(z: number): number {
  return 0.5 + 0.5 * Math.sign(z) * gammaCdf(0.5, (z * z) / 2);
}

/** p-value of Pearson's chi-square test of counts against their expectations. */
export function chiSquareP(observed: Numbers, expected: Numbers): number {
  let sum = 0;
  for (let i = 0; i < observed.length; i++) sum += (observed[i]! - expected[i]!) ** 2 / expected[i]!;
  return 1 - gammaCdf((observed.length - 1) / 2, sum / 2);
}

/** p-value of the test that all of `values`, integers from 0, are equally frequent. */
export function equalFrequencyP(values: Numbers, kinds: number): number {
  const observed = new Float64Array(kinds);
  for (let i = 0; i < values.length; i++) observed[values[i]!]! += 1;
  return chiSquareP(observed, new Float64Array(kinds).fill(values.length / kinds));
}

/** p-value of the Kolmogorov-Smirnov test of a sample against a continuous distribution. */
export function kolmogorovP(sample: Numbers, cdf: (x: number) => number): number {
  const n = sample.length;
  let distance = 0;
  Float64Array.from(sample)
    .sort()
    .forEach((x, i) => {
      const p = cdf(x);
      distance = Math.max(distance, (i + 1) / n - p, p - i / n);
    });
  const t = distance * Math.sqrt(n);
  let p = 0;
  for (let k = 1; k < 100; k++) p += 2 * (-1) ** (k + 1) * Math.exp(-2 * k * k * t * t);
  return Math.min(1, p);
}

/** One number for the bits of a whole array: any change of any bit changes it. */
export function digest(values: Float32Array | Float64Array | Int32Array | Uint32Array): number {
  let h = 0;
  for (const word of new Uint32Array(values.buffer)) {
    h = Math.imul(h ^ word, 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h >>> 0;
}
