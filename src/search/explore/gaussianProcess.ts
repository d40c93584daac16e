import { exp, log } from "../../random/arithmetic";
import { Cholesky } from "./cholesky";

/** Where a Gaussian process is asked: hyperparameters on their unit scales, score before, time. */
export interface Place {
  readonly hyperparameters: readonly number[];
  readonly score: number;
  readonly time: number;
}

/** How places are related. */
interface Kernel {
  /** Distance of hyperparameters over which the function changes. */
  readonly length: number;
  /** Distance of scores. */
  readonly scoreLength: number;
  /** How much is forgotten from one generation to the next. */
  readonly forgetting: number;
  /** Variance of the noise relative to that of the function. */
  readonly noise: number;
}

const START: Kernel = { length: 0.4, scoreLength: 1, forgetting: 0.05, noise: 0.2 };

/** Values that are tried, one setting after the other. */
const GRID: { readonly [Name in keyof Kernel]: readonly number[] } = {
  length: [0.1, 0.2, 0.4, 0.8, 1.6],
  scoreLength: [0.3, 1, 3],
  forgetting: [0.01, 0.05, 0.15, 0.4],
  noise: [0.02, 0.08, 0.3, 1],
};
const ROUNDS = 2;

/**
 * A Gaussian process that changes in time, with mean 0 and covariance
 * `v exp(-|x - x'|^2 / (2 l^2)) exp(-(s - s')^2 / (2 m^2)) (1 - w)^(|t - t'| / 2)`, plus noise.
 * The settings are the likeliest of a grid, searched one after the other; v is the likeliest.
 */
export class GaussianProcess {
  readonly #places: Place[];
  readonly #kernel: Kernel;
  /** Of the covariance over v. */
  readonly #factor: Cholesky;
  readonly #weights: Float64Array;
  readonly #variance: number;

  private constructor(places: readonly Place[], kernel: Kernel, { factor, solved, variance }: Fit) {
    this.#places = [...places];
    this.#kernel = kernel;
    this.#factor = factor;
    this.#weights = factor.solveUpper(solved);
    this.#variance = variance;
  }

  /** The process that explains values at places; at least one of them. */
  static fit(places: readonly Place[], values: readonly number[]): GaussianProcess {
    let kernel = START;
    let best = fit(places, values, kernel);
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of Object.keys(GRID) as (keyof Kernel)[]) {
        for (const value of GRID[name]) {
          if (value === kernel[name]) continue;
          const other = { ...kernel, [name]: value };
          const tried = fit(places, values, other);
          if (tried.likelihood > best.likelihood) [kernel, best] = [other, tried];
        }
      }
    }
    return new GaussianProcess(places, kernel, best);
  }

  /** Mean and standard deviation of the function, without noise. */
  predict(place: Place): { readonly mean: number; readonly deviation: number } {
    const row = this.#places.map((other) => covariance(this.#kernel, other, place));
    let mean = 0;
    for (let i = 0; i < this.#weights.length; i++) mean += this.#weights[i]! * row[i]!;
    const explained = this.#factor.solveLower(row).reduce((sum, value) => sum + value * value, 0);
    return { mean, deviation: Math.sqrt(this.#variance * Math.max(0, 1 - explained)) };
  }

  /**
   * Says that a value will be known there. Put where the mean is, it leaves the mean as it is; the deviations become smaller
   * (Desautels, Krause and Burdick 2014, Parallelizing exploration-exploitation tradeoffs in Gaussian process bandit optimization).
   */
  hallucinate(place: Place): void {
    const row = this.#places.map((other) => covariance(this.#kernel, other, place));
    this.#factor.append([...row, 1 + this.#kernel.noise]);
    this.#places.push(place);
  }
}

interface Fit {
  readonly factor: Cholesky;
  /** L^-1 y. */
  readonly solved: Float64Array;
  readonly variance: number;
  readonly likelihood: number;
}

function fit(places: readonly Place[], values: readonly number[], kernel: Kernel): Fit {
  const factor = new Cholesky();
  places.forEach((place, i) => {
    const row = places.slice(0, i).map((other) => covariance(kernel, other, place));
    factor.append([...row, 1 + kernel.noise]);
  });
  const solved = factor.solveLower(values);
  const variance = solved.reduce((sum, value) => sum + value * value, 0) / values.length;
  const determinant = factor.diagonal.reduce((sum, value) => sum + log(value), 0);
  return { factor, solved, variance, likelihood: -0.5 * values.length * log(variance) - determinant };
}

function covariance(kernel: Kernel, a: Place, b: Place): number {
  let distance = 0;
  for (let i = 0; i < a.hyperparameters.length; i++) {
    distance += (a.hyperparameters[i]! - b.hyperparameters[i]!) ** 2;
  }
  const near = distance / kernel.length ** 2 + ((a.score - b.score) / kernel.scoreLength) ** 2;
  return exp(-0.5 * near + 0.5 * Math.abs(a.time - b.time) * log(1 - kernel.forgetting));
}
