import { add, mul, pow, stack, sub, type Tensor, unstack } from "@tensorflow/tfjs-core";
import type { Training } from "./training";

/** Columns of states `[rows, 3]` to columns of derivatives. */
const field =
  (f: (x: Tensor, y: Tensor, z: Tensor) => Tensor[]) =>
  (state: Tensor): Tensor => {
    const [x, y, z] = unstack(state, 1) as [Tensor, Tensor, Tensor];
    return stack(f(x, y, z), 1);
  };

/** The true systems in tensor operations, for their fixed points. */
export const trueFields: Readonly<Record<Training["system"], (state: Tensor) => Tensor>> = {
  arneodo: field((x, y, z) => [y, z, sub(sub(sub(mul(5.5, x), mul(4.5, y)), z), pow(x, 3))]),
  roessler: field((x, y, z) => [sub(mul(-1, y), z), add(x, mul(0.2, y)), add(0.2, mul(z, sub(x, 5.7)))]),
  lorenz: field((x, y, z) => [mul(10, sub(y, x)), sub(mul(x, sub(28, z)), y), sub(mul(x, y), mul(2.667, z))]),
};

/**
 * Largest Lyapunov exponents of the true systems. Lorenz and Roessler: Sprott 2003, Chaos and Time-Series Analysis. Arneodo:
 * `lyapunovExponent` of the field above, .202 as by the tangent method in double precision.
 */
export const LYAPUNOV: Readonly<Record<Training["system"], number>> = {
  arneodo: 0.202,
  roessler: 0.0714,
  lorenz: 0.906,
};

/** Rate R2 and hidden R2 that Sedler, Versteeg & Pandarinath 2023 report, by latent size. */
export const PUBLISHED: Readonly<
  Record<Training["system"], Readonly<Record<string, Readonly<Record<number, readonly [number, number]>>>>>
> = {
  arneodo: {
    gru: { 3: [0.511, 0.686], 5: [0.746, 0.608], 10: [0.925, 0.671], 25: [0.974, 0.623] },
    neuralOde: { 3: [0.912, 0.94], 5: [0.924, 0.935], 10: [0.969, 0.752], 25: [0.968, 0.576] },
  },
  roessler: {
    gru: { 3: [0.272, 0.155], 5: [0.491, 0.256], 10: [0.847, 0.502], 25: [0.959, 0.574] },
    neuralOde: { 3: [0.877, 0.957], 5: [0.897, 0.879], 10: [0.913, 0.698], 25: [0.908, 0.559] },
  },
  lorenz: {
    gru: { 3: [0.382, 0.319], 5: [0.553, 0.285], 10: [0.809, 0.414], 25: [0.949, 0.489] },
    neuralOde: { 3: [0.836, 0.895], 5: [0.925, 0.717], 10: [0.971, 0.549], 25: [0.972, 0.394] },
  },
};
