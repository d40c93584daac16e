import { rungeKutta } from "./rungeKutta";

/** The classic Runge-Kutta method: four evaluations a step, order 4. */
export const rungeKutta4 = rungeKutta("rungeKutta4", 4, {
  stages: [[1 / 2], [0, 1 / 2], [0, 0, 1]],
  weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
});
