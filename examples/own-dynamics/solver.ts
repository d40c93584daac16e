import { add, mul } from "@tensorflow/tfjs-core";
import type { OdeSolver } from "lfads";

/** Heun's method: the mean of the slopes at both ends of the step. */
export const heun: OdeSolver = {
  name: "heun",
  order: 2,
  step(derivative, state, time) {
    const first = derivative(state);
    const second = derivative(add(state, mul(time, first)));
    return add(state, mul(time / 2, add(first, second)));
  },
};
