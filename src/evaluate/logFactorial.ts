/**
 * `log Gamma(k + 1)` for k >= 0, in float64: Stirling's series (Abramowitz & Stegun 6.1.41) above 10, reached by the
 * recurrence; about 15 digits.
 */
export function logFactorial(k: number): number {
  let z = k + 1;
  let product = 1;
  for (; z < 10; z++) product *= z;
  const u = 1 / (z * z);
  const series = (1 / 12 - u * (1 / 360 - u * (1 / 1260 - u * (1 / 1680 - u / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
