import { scalar } from "@tensorflow/tfjs-core";
import type { Prior } from "./prior";

/** No prior: the divergence is 0 and nothing is learned. For models that use posterior means only. */
export function nullPrior(): Prior {
  return {
    frozen: [],
    init: () => ({}),
    noise: (draws, name, shape) => draws.normal(name, shape),
    divergence: () => scalar(0),
  };
}
