import type { DynamicalSystem, StateDerivative } from "../system";

/**
 * The Lorenz system's change in time: dx/dt = sigma (y - x), dy/dt = x (rho - z) - y, dz/dt = x y - beta z, with sigma 10
 * and rho 28.
 *
 * Source: Lorenz 1963, Deterministic Nonperiodic Flow, Journal of the Atmospheric Sciences 20.
 */
export function lorenzDerivative(beta: number): StateDerivative {
  return (state) => {
    const [x, y, z] = [state[0]!, state[1]!, state[2]!];
    return [10 * (y - x), x * (28 - z) - y, x * y - beta * z];
  };
}

/** The Lorenz system in the protocol of Sedler, Versteeg & Pandarinath 2023: beta 2.667, 100 bins per period. */
export const lorenzSystem: DynamicalSystem = {
  name: "Lorenz",
  derivative: lorenzDerivative(2.667),
  start: [-9.7869288, -15.03852, 20.533978],
  period: 1.5008,
  binsPerPeriod: 100,
};
