import { requireCount, requirePositive } from "./checks";
import { gamma } from "./gamma";
import type { RandomStream } from "./stream";

/**
 * Chi-squared draws with `df` degrees of freedom (any number above 0): mean df, variance 2 df.
 *
 * @throws if count is not a whole number, or df is not finite and above 0
 */
export function chiSquared(stream: RandomStream, count: number, df: number): Float32Array {
  requirePositive("chiSquared", "df", df);
  return new Float32Array(gamma(stream, requireCount("chiSquared", count), df / 2).map((draw) => 2 * draw));
}
