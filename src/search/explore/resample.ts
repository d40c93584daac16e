import { exploreBounds } from "../bounds";
import { sampleParameter } from "../sampleSpace";
import { type Explore, exploreEach } from "./explore";
import { multiply } from "./perturb";

/** Options of {@link resampleExplore}. */
export interface ResampleOptions {
  /** Probability of a new draw from the whole range. 0 to 1. @default 0.25 */
  readonly probability?: number;
}

/**
 * Draws a hyperparameter from its whole range with probability 1/4, else multiplies it by 1.2 or 0.8, equally likely, clipped to the
 * bounds. Integers move to another integer, choices to a neighbour, unless they are at the end. Explore weights do not matter.
 *
 * Source: Jaderberg et al. 2017, Population Based Training of Neural Networks; Ray Tune.
 *
 * @throws if the probability is out of range
 */
export function resampleExplore({ probability = 0.25 }: ResampleOptions = {}): Explore {
  if (!(probability >= 0 && probability <= 1)) {
    throw new Error(`resampleExplore: probability must be from 0 to 1, got ${probability}`);
  }
  return exploreEach({ name: "resample", probability }, (parameter, value, draws) => {
    if (draws.uniform() < probability) return sampleParameter(parameter, draws);
    const up = draws.integer(2) === 0;
    if (parameter.type === "choice") {
      return parameter.values[parameter.values.indexOf(value) + (up ? 1 : -1)] ?? value;
    }
    const [low, high] = exploreBounds(parameter);
    return Math.min(high, Math.max(low, multiply(parameter, Number(value), up ? 1.2 : 0.8)));
  });
}
