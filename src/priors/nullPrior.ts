import { scalar } from "@tensorflow/tfjs-core";
import type { Prior } from "./prior";

/**
 * No prior: the divergence is 0 and nothing is learned. For models that use posterior means only.
 *
 * @example
 * ```ts
 * import { LFADS, nullPrior } from "lfads";
 *
 * const model = new LFADS({
 *   channels: 30,
 *   bins: 20,
 *   initialCondition: { size: 16, prior: nullPrior() }, // its divergence is 0
 * });
 * ```
 */
export function nullPrior(): Prior {
  return {
    frozen: [],
    init: () => ({}),
    noise: (draws, name, shape) => draws.normal(name, shape),
    divergence: () => scalar(0),
  };
}
