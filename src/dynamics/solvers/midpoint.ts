import { rungeKutta } from "./rungeKutta";

/** The explicit midpoint method: two evaluations a step, order 2. */
export const midpoint = rungeKutta("midpoint", 2, { stages: [[1 / 2]], weights: [0, 1] });
