import { type Explore, exploreEach } from "./explore";
import { perturb } from "./perturb";

/**
 * Multiplies every hyperparameter by `1 + s` or `1 - s`, equally likely, with s uniform from 0.002 w to w for the explore weight w:
 * on a logarithmic scale it drifts downwards. What leaves the bounds is drawn again; the hundredth time it is clipped. Integers move
 * to another integer, choices to a neighbour. A value of 0 stays 0.
 *
 * Source: lfads-torch.
 */
export function linearExplore(): Explore {
  return exploreEach({ name: "linear" }, (parameter, value, draws) =>
    perturb(
      parameter,
      value,
      (weight) => {
        const step = 0.002 * weight + draws.uniform() * (weight - 0.002 * weight);
        return draws.integer(2) === 0 ? 1 + step : 1 - step;
      },
      draws,
    ),
  );
}
