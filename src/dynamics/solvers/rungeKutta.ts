import type { Tensor } from "@tensorflow/tfjs-core";
import { checkTableau, type Tableau, tableauStep } from "../../ops/tableau";
import type { Derivative, OdeSolver } from "./odeSolver";

/** A solver whose step is that of a tableau. */
export class RungeKutta implements OdeSolver {
  /** @throws if the lengths of the tableau do not fit */
  constructor(
    readonly name: string,
    readonly order: number,
    readonly tableau: Tableau,
  ) {
    checkTableau("RungeKutta", tableau);
  }

  step(derivative: Derivative, state: Tensor, time: number): Tensor {
    return tableauStep(this.tableau, derivative, state, time);
  }
}

/**
 * The explicit Runge-Kutta method of a tableau, with steps of fixed length.
 * @throws if the lengths of the tableau do not fit
 */
export function rungeKutta(name: string, order: number, tableau: Tableau): RungeKutta {
  return new RungeKutta(name, order, tableau);
}
