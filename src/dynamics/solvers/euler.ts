import { rungeKutta } from "./rungeKutta";

/** Euler's method: one evaluation a step, order 1. As a cell: `x + h f(x)`, a residual network. */
export const euler = rungeKutta("euler", 1, { stages: [], weights: [1] });
