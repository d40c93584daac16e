import { add, concat, div, exp, mul, slice, sqrt, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** Attributes of {@link posteriorOp}. */
export interface PosteriorAttributes {
  readonly varianceMin: number;
}

/** The kernel. */
export const posteriorOp: Op<{ both: Tensor }, PosteriorAttributes> = {
  name: "LfadsPosterior",
  results: 2,
  outputs: 2,
  forward: ({ both }, { varianceMin }) => {
    const { mean, logvar } = halves(both);
    return [mean, tidy(() => sqrt(add(exp(logvar), varianceMin)))];
  },
  gradient: ([dMean, dStd], { both }, [, std]) => ({
    both: () => concat([dMean!, mul(dStd!, div(mul(0.5, exp(halves(both).logvar)), std!))], 1),
  }),
};

function halves(both: Tensor) {
  const [rows, columns] = both.shape as [number, number];
  const size = columns / 2;
  return { mean: slice(both, [0, 0], [rows, size]), logvar: slice(both, [0, size], [rows, size]) };
}

/**
 * Mean and standard deviation of a diagonal posterior, `std = sqrt(exp(logvar) + varianceMin)`.
 *
 * @param both means, then log-variances: `[rows, 2 size]`
 * @returns `[rows, size]` each
 * @throws if the columns are not an even number
 */
export function posterior(both: Tensor, varianceMin: number): { mean: Tensor; std: Tensor } {
  if (both.rank !== 2 || both.shape[1]! % 2 !== 0) {
    throw new Error(`posterior: both must be [rows, 2 size], got [${both.shape}]`);
  }
  const [mean, std] = runOp(posteriorOp, { both }, { varianceMin }) as [Tensor, Tensor];
  return { mean, std };
}
