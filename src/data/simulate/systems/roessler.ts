import type { DynamicalSystem } from "../system";

/**
 * The Roessler system, dx/dt = -y - z, dy/dt = x + 0.2 y, dz/dt = 0.2 + z (x - 5.7), in the protocol of Sedler, Versteeg &
 * Pandarinath 2023: 35 bins per period.
 *
 * Source: Roessler 1976, An equation for continuous chaos, Physics Letters A 57.
 */
export const roesslerSystem: DynamicalSystem = {
  name: "Roessler",
  derivative: (state) => {
    const [x, y, z] = [state[0]!, state[1]!, state[2]!];
    return [-y - z, x + 0.2 * y, 0.2 + z * (x - 5.7)];
  },
  start: [6.5134412, 0.4772013, 0.34164294],
  period: 5.9086,
  binsPerPeriod: 35,
};
