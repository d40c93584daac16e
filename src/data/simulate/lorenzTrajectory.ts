/** x, y, z of the Lorenz system. */
export type State = readonly [number, number, number];

const SIGMA = 10;
const RHO = 28;
const BETA = 8 / 3;
/** The longest step of the integration; its error stays below float32's. */
const LONGEST_STEP = 0.001;

/**
 * The Lorenz system's change in time: dx/dt = sigma (y - x), dy/dt = x (rho - z) - y, dz/dt = x y - beta z, with sigma 10,
 * rho 28, beta 8/3.
 *
 * Source: Lorenz 1963, Deterministic Nonperiodic Flow, Journal of the Atmospheric Sciences 20.
 */
export function lorenzDerivative([x, y, z]: State): State {
  return [SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z];
}

/**
 * A trajectory of the Lorenz system by the classic Runge-Kutta method of fourth order.
 *
 * @returns `[bins, 3]`, the first state is `start`, each next one is `timeStep` later
 */
export function lorenzTrajectory(start: State, bins: number, timeStep: number): Float64Array {
  const steps = Math.ceil(timeStep / LONGEST_STEP);
  const states = new Float64Array(bins * 3);
  let state = start;
  for (let bin = 0; bin < bins; bin++) {
    if (bin > 0) for (let step = 0; step < steps; step++) state = rungeKutta(state, timeStep / steps);
    states.set(state, bin * 3);
  }
  return states;
}

function rungeKutta(state: State, h: number): State {
  const k1 = lorenzDerivative(state);
  const k2 = lorenzDerivative(moved(state, k1, h / 2));
  const k3 = lorenzDerivative(moved(state, k2, h / 2));
  const k4 = lorenzDerivative(moved(state, k3, h));
  const slope = (i: 0 | 1 | 2) => (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6;
  return moved(state, [slope(0), slope(1), slope(2)], h);
}

function moved([x, y, z]: State, [dx, dy, dz]: State, h: number): State {
  return [x + h * dx, y + h * dy, z + h * dz];
}
