import { add, mul, type Tensor } from "@tensorflow/tfjs-core";

/** Coefficients of an explicit Runge-Kutta method (a Butcher tableau) for `dx/dt = f(x)`. */
export interface Tableau {
  /** Of the slopes before it in each stage after the first: `k_(i + 1) = f(x + h sum_j stages[i][j] k_j)`. */
  readonly stages: readonly (readonly number[])[];
  /** Of all slopes in the result: `x + h sum_i weights[i] k_i`. */
  readonly weights: readonly number[];
}

/** @throws unless each stage has a coefficient for every slope before it, and the result one for every slope */
export function checkTableau(where: string, { stages, weights }: Tableau): void {
  stages.forEach((stage, i) => {
    if (stage.length === i + 1) return;
    throw new Error(`${where}: stages[${i}] of a tableau must have length ${i + 1}, got ${stage.length}`);
  });
  if (weights.length !== stages.length + 1) {
    throw new Error(
      `${where}: weights of a tableau must have length ${stages.length + 1}, got ${weights.length}`,
    );
  }
}

/** One step of the method of a tableau. */
export function tableauStep(
  tableau: Tableau,
  derivative: (state: Tensor) => Tensor,
  state: Tensor,
  time: number,
): Tensor {
  const slopes = slopesOf(tableau, derivative, state, time, derivative(state));
  return moved(state, slopes, tableau.weights, time);
}

/** The slopes of all stages, of which the first is known. */
export function slopesOf(
  { stages }: Tableau,
  derivative: (state: Tensor) => Tensor,
  state: Tensor,
  time: number,
  first: Tensor,
): Tensor[] {
  const slopes = [first];
  for (const weights of stages) slopes.push(derivative(moved(state, slopes, weights, time)));
  return slopes;
}

/** `state + time * sum_i weights[i] slopes[i]` */
export function moved(
  state: Tensor,
  slopes: readonly Tensor[],
  weights: readonly number[],
  time: number,
): Tensor {
  return slopes.reduce(
    (sum, slope, i) => (weights[i] ? add(sum, mul(time * weights[i], slope)) : sum),
    state,
  );
}
