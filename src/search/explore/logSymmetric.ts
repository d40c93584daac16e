import { exp, log } from "../../random/arithmetic";
import { type Explore, exploreEach } from "./explore";
import { perturb } from "./perturb";

/**
 * Multiplies every hyperparameter by `exp(s)` or `exp(-s)`, equally likely, with s uniform from log(1 + 0.002 w) to log(1 + w) for the
 * explore weight w: no drift on a logarithmic scale. What leaves the bounds is drawn again; the hundredth time it is clipped.
 * Integers move to another integer, choices to a neighbour. A value of 0 stays 0.
 *
 * Source: autolfads-tf2.
 */
export function logSymmetricExplore(): Explore {
  return exploreEach({ name: "logSymmetric" }, (parameter, value, draws) =>
    perturb(
      parameter,
      value,
      (weight) => {
        const least = log(1 + 0.002 * weight);
        const step = least + draws.uniform() * (log(1 + weight) - least);
        return exp(draws.integer(2) === 0 ? step : -step);
      },
      draws,
    ),
  );
}
