import { type Tableau, tableauStep } from "../../ops/tableau";
import type { OdeSolver } from "./odeSolver";

/** A solver whose step is that of a tableau. */
export interface RungeKutta extends OdeSolver {
  readonly tableau: Tableau;
}

/** The explicit Runge-Kutta method of a tableau, with steps of fixed length. */
export function rungeKutta(name: string, order: number, tableau: Tableau): RungeKutta {
  return {
    ...{ name, order, tableau },
    step: (derivative, state, time) => tableauStep(tableau, derivative, state, time),
  };
}
