import type { DynamicalSystem } from "../system";

/** Resource j in a cell of species i, `[resources][species]`. */
const CONTENT = [
  [0.04, 0.04, 0.07, 0.04, 0.04],
  [0.08, 0.08, 0.08, 0.1, 0.08],
  [0.1, 0.1, 0.1, 0.1, 0.14],
  [0.05, 0.03, 0.03, 0.03, 0.03],
  [0.07, 0.09, 0.07, 0.07, 0.07],
];
/** Amount of a resource at which a species grows half as fast as it can, `[resources][species]`. */
const HALF_SATURATION = [
  [0.39, 0.34, 0.3, 0.24, 0.23],
  [0.22, 0.39, 0.34, 0.3, 0.27],
  [0.27, 0.22, 0.39, 0.34, 0.3],
  [0.3, 0.24, 0.22, 0.39, 0.34],
  [0.34, 0.3, 0.22, 0.2, 0.39],
];
const SUPPLY = [6, 10, 14, 4, 9];
const TURNOVER = 0.25;

/**
 * MacArthur's consumer-resource model with the chaotic parameters of five species on five resources: the scarcest resource
 * sets growth, g_i = min_j R_j / (K_ji + R_j); dN_i/dt = N_i (g_i - 0.25), dR_j/dt = 0.25 (S_j - R_j) - sum_i C_ji g_i N_i.
 * The states are N, then R.
 *
 * Source: MacArthur 1969, Species packing, and what competition minimizes, PNAS 64. Parameters: Huisman & Weissing 1999,
 * Biodiversity of plankton by species oscillations and chaos, Nature 402. Start and period: Gilpin 2021, Chaos as an
 * interpretable benchmark for forecasting and data-driven modelling, arXiv:2110.05266.
 */
export const macArthurSystem: DynamicalSystem = {
  name: "MacArthur",
  derivative: (state) => {
    const change: number[] = SUPPLY.map((supply, j) => TURNOVER * (supply - state[5 + j]!));
    const growing = SUPPLY.map((_, i) => {
      let growth = Infinity;
      for (let j = 0; j < 5; j++) {
        growth = Math.min(growth, state[5 + j]! / (HALF_SATURATION[j]![i]! + state[5 + j]!));
      }
      for (let j = 0; j < 5; j++) change[j]! -= CONTENT[j]![i]! * growth * state[i]!;
      return (growth - TURNOVER) * state[i]!;
    });
    return [...growing, ...change];
  },
  start: [
    9.4323333, 18.838654, 34.37572, 15.08545, 42.228427, 0.17030505, 0.10144427, 0.3148045, 0.21253581,
    0.22598604,
  ],
  period: 43.406,
  binsPerPeriod: 70,
  standardize: true,
};
