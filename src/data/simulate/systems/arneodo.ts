import type { DynamicalSystem } from "../system";

/**
 * The Arneodo system, dx/dt = y, dy/dt = z, dz/dt = 5.5 x - 4.5 y - z - x^3, in the protocol of Sedler, Versteeg &
 * Pandarinath 2023: 35 bins per period.
 *
 * Source: Arneodo, Coullet & Tresser 1980, Occurence of strange attractors in three-dimensional Volterra equations,
 * Physics Letters A 79.
 */
export const arneodoSystem: DynamicalSystem = {
  name: "Arneodo",
  derivative: (state) => {
    const [x, y, z] = [state[0]!, state[1]!, state[2]!];
    return [y, z, 5.5 * x - 4.5 * y - z - x * x * x];
  },
  start: [-2.7515698, 0.19079818, 3.4703629],
  period: 3.1641,
  binsPerPeriod: 35,
};
