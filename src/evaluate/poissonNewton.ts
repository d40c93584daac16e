import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { gram } from "./gram";
import { RATE_FLOOR } from "./poissonNll";
import type { Table } from "./table";

/** How much a step must shrink the gradient for its Hessian to be used again. */
const SHRINK = 0.3;

/** One output's problem. */
export interface PoissonProblem {
  /** Predictors of every row, and 1 in the last column. */
  readonly design: Table;
  /** `X'X` of the design: the Hessian where the rates are constant, up to the rate. */
  readonly gram: Float64Array;
  readonly counts: Float64Array;
  readonly alpha: number;
}

interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly rates: Float64Array;
}

/** Where Newton's method ended: weights, then intercept. */
export interface PoissonFit {
  readonly beta: Float64Array;
  readonly converged: boolean;
  readonly iterations: number;
}

/**
 * Newton's method with step halving from constant rates, until no entry of the gradient exceeds `tolerance * mean count`.
 * Without a single spike there is no finite optimum: the rate is then {@link RATE_FLOOR}.
 */
export function fitPoisson(problem: PoissonProblem, tolerance: number, maxIterations: number): PoissonFit {
  const { design, counts, gram: products } = problem;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  let beta: Float64Array = new Float64Array(design.columns);
  beta[design.columns - 1] = Math.log(Math.max(mean, RATE_FLOOR));
  if (mean === 0) return { beta, converged: true, iterations: 0 };

  let here = evaluatePoisson(problem, beta);
  let hessian: CholeskyDecomposition | undefined = factorHessian(
    problem,
    products.map((value) => mean * value),
  );
  for (let iterations = 0; ; iterations++) {
    const size = largest(here.gradient);
    if (size <= tolerance * mean) return { beta, converged: true, iterations };
    if (iterations === maxIterations) return { beta, converged: false, iterations };
    const fresh = hessian === undefined || iterations === 0;
    hessian ??= factorHessian(problem, gram(design, here.rates));
    const next = stepDown(problem, beta, here, hessian.solve(Matrix.columnVector(here.gradient)).to1DArray());
    if (next) {
      // A Hessian costs as much as many gradients, so an old one is kept while it still shrinks the gradient well.
      if (largest(next.evaluation.gradient) > SHRINK * size) hessian = undefined;
      ({ beta, evaluation: here } = next);
    } else if (fresh) {
      return { beta, converged: false, iterations };
    } else {
      hessian = undefined;
    }
  }
}

/** Objective and gradient of one output's problem at `beta` = weights, then intercept. */
export function evaluatePoisson({ design, counts, alpha }: PoissonProblem, beta: Float64Array): Evaluation {
  const { data, rows, columns } = design;
  const gradient = new Float64Array(columns);
  const rates = new Float64Array(rows);
  let value = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let eta = 0;
    for (let i = 0; i < columns; i++) eta += data[start + i]! * beta[i]!;
    const rate = Math.exp(eta);
    const error = (rate - counts[row]!) / rows;
    rates[row] = rate;
    value += (rate - counts[row]! * eta) / rows;
    for (let i = 0; i < columns; i++) gradient[i]! += error * data[start + i]!;
  }
  for (let i = 0; i < columns - 1; i++) {
    value += 0.5 * alpha * beta[i]! ** 2;
    gradient[i]! += alpha * beta[i]!;
  }
  return { value, gradient, rates };
}

/** Factors the Hessian from `X' diag(rates) X`. */
function factorHessian({ design, alpha }: PoissonProblem, products: Float64Array): CholeskyDecomposition {
  const { columns, rows } = design;
  const hessian = products.map((value) => value / rows);
  let trace = 0;
  for (let i = 0; i < columns; i++) trace += hessian[i * columns + i]!;
  for (let i = 0; i < columns; i++) {
    // The tiny second term keeps collinear predictors solvable at alpha 0; it slows the descent, it does not move its end.
    hessian[i * columns + i]! += (i < columns - 1 ? alpha : 0) + 1e-12 * trace;
  }
  return new CholeskyDecomposition(Matrix.from1DArray(columns, columns, hessian));
}

/** The longest of the steps `direction / 2^n` that lowers the objective enough (Armijo), if any. */
function stepDown(
  problem: PoissonProblem,
  beta: Float64Array,
  here: Evaluation,
  direction: readonly number[],
): { readonly beta: Float64Array; readonly evaluation: Evaluation } | undefined {
  const slope = here.gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
  const rounding = 1e-14 * (1 + Math.abs(here.value));
  for (let scale = 1; scale > 1e-9; scale /= 2) {
    const candidate = beta.map((value, i) => value - scale * direction[i]!);
    const evaluation = evaluatePoisson(problem, candidate);
    if (evaluation.value <= here.value - 1e-4 * scale * slope + rounding)
      return { beta: candidate, evaluation };
  }
  return undefined;
}

const largest = (values: Float64Array): number =>
  values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
