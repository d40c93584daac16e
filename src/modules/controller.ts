import { exp, mul, slice, type Tensor } from "@tensorflow/tfjs-core";
import type { RandomStream } from "../random";
import type { Cell } from "./cell";
import type { Posterior } from "./encoders";
import { Linear } from "./linear";
import { type Parameters, prefixed, scoped } from "./parameters";

/**
 * The controller: a recurrent cell that sees the encoded data and the last factors, and an affine map from its state to
 * the posterior of the controller output, `std = exp(logvar / 2)`.
 *
 * Parameters: `con_cell.*`, `co_linear.*`.
 */
export class Controller {
  readonly linear: Linear;

  constructor(
    readonly cell: Cell,
    /** Size of the controller output, the inferred input. */
    readonly outputs: number,
  ) {
    this.linear = new Linear(cell.stateSize, 2 * outputs);
  }

  init(stream: RandomStream): Parameters {
    return {
      ...prefixed("con_cell", this.cell.init(stream.fork("con_cell"))),
      ...prefixed("co_linear", this.linear.init(stream.fork("co_linear"))),
    };
  }

  /**
   * @param input `[batch, inputs]`
   * @param state `[batch, units]`
   */
  step(parameters: Parameters, input: Tensor, state: Tensor): { state: Tensor; posterior: Posterior } {
    const next = this.cell.step(scoped(parameters, "con_cell"), input, state);
    const both = this.linear.apply(scoped(parameters, "co_linear"), next);
    return { state: next, posterior: splitPosterior(both) };
  }
}

/** Mean and standard deviation from `[..., 2 outputs]`: mean, then log-variance. */
function splitPosterior(both: Tensor): Posterior {
  const outputs = both.shape[both.rank - 1]! / 2;
  const lead = both.shape.slice(0, -1);
  const start = lead.map(() => 0);
  return {
    mean: slice(both, [...start, 0], [...lead, outputs]),
    std: exp(mul(0.5, slice(both, [...start, outputs], [...lead, outputs]))),
  };
}
