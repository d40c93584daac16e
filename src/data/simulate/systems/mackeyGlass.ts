import type { DynamicalSystem } from "../system";

const DELAY = 17;

/**
 * The Mackey-Glass equation, dx/dt = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x: weakly chaotic, with an infinite number of
 * states. Its latents are x at ten times, 17 apart.
 *
 * Source: Mackey & Glass 1977, Oscillation and chaos in physiological control systems, Science 197. Parameters: Farmer
 * 1982, Chaotic attractors of an infinite-dimensional dynamical system, Physica D 4.
 */
export const mackeyGlassSystem: DynamicalSystem = {
  name: "Mackey-Glass",
  derivative: (state, delayed) => {
    const past = delayed![0]!;
    const square = past * past;
    const fifth = square * square * past;
    return [(0.2 * past) / (1 + fifth * fifth) - 0.1 * state[0]!];
  },
  start: [1.2],
  period: 50,
  binsPerPeriod: 35,
  settlingTime: 1000,
  delay: DELAY,
  embedding: 10,
};
