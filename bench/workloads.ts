import { type Dataset, LFADS, type LFADSOptions, ndarray } from "lfads";
import { poisson, RandomStream } from "../src/random";

/** A fixed amount of work: one batch of trials. */
export interface Workload {
  readonly name: string;
  readonly batch: number;
  readonly bins: { readonly encode: number; readonly reconstruct: number };
  readonly channels: { readonly encode: number; readonly reconstruct: number };
  /** Units of the encoders, the generator, and numbers of factors and initial conditions. */
  readonly encoderUnits: number;
  readonly generatorUnits: number;
  readonly factors: number;
  readonly initialCondition: number;
  /** Controller: its encoder's units, its units and outputs. */
  readonly controller: {
    readonly encoderUnits: number;
    readonly units: number;
    readonly outputs: number;
  } | null;
}

const maze = {
  encoderUnits: 64,
  generatorUnits: 200,
  factors: 100,
  initialCondition: 64,
  controller: { encoderUnits: 64, units: 64, outputs: 4 },
};

const reaching = {
  ...maze,
  bins: { encode: 35, reconstruct: 45 },
  channels: { encode: 137, reconstruct: 182 },
};

/** The configurations nlb_mc_maze, Lorenz and nlb_mc_rtt of lfads-torch. */
export const WORKLOADS: readonly Workload[] = [
  { name: "maze-256", batch: 256, ...reaching },
  { name: "maze-32", batch: 32, ...reaching },
  {
    name: "lorenz-64",
    batch: 64,
    bins: { encode: 100, reconstruct: 100 },
    channels: { encode: 30, reconstruct: 30 },
    encoderUnits: 64,
    generatorUnits: 64,
    factors: 3,
    initialCondition: 32,
    controller: null,
  },
  {
    name: "rtt-64",
    batch: 64,
    ...maze,
    bins: { encode: 120, reconstruct: 160 },
    channels: { encode: 98, reconstruct: 130 },
  },
];

export function modelOf(w: Workload): LFADS {
  const options: LFADSOptions = {
    channels: w.channels,
    bins: w.bins,
    initialCondition: { encoderUnits: w.encoderUnits, size: w.initialCondition },
    controller: w.controller ?? false,
    generator: { units: w.generatorUnits },
    factors: w.factors,
  };
  return new LFADS(options);
}

/** Poisson counts of about 5 Hz in bins of 20 ms; one batch for training, one for validation. */
export function dataOf({ name, batch, bins, channels }: Workload): Dataset {
  const stream = RandomStream.fromSeed(name);
  const split = (part: string) => {
    const shape = [batch, bins.reconstruct, channels.reconstruct];
    const size = batch * bins.reconstruct * channels.reconstruct;
    const counts = poisson(stream.fork(part), new Float32Array(size).fill(0.1));
    const encode = new Float32Array(batch * bins.encode * channels.encode);
    for (let row = 0; row < batch * bins.encode; row++) {
      const trial = Math.floor(row / bins.encode);
      const start = (trial * bins.reconstruct + (row % bins.encode)) * channels.reconstruct;
      encode.set(counts.subarray(start, start + channels.encode), row * channels.encode);
    }
    return {
      encode: ndarray(encode, [batch, bins.encode, channels.encode]),
      reconstruct: ndarray(counts, shape),
    };
  };
  return { train: split("train"), valid: split("valid") };
}

/** Matrix products of a workload, in floating-point operations. */
export function flop(w: Workload): { readonly train: number; readonly infer: number } {
  const { batch, bins, channels, encoderUnits: e, generatorUnits: g, factors: f, controller: c } = w;
  const gru = (inputs: number, units: number) => 3 * units * (inputs + units);
  const rows = { encode: 2 * batch * bins.encode, reconstruct: 2 * batch * bins.reconstruct };
  const encoders = 2 * gru(channels.encode, e) + (c ? 2 * gru(channels.encode, c.encoderUnits) : 0);
  const recurrent = 2 * 3 * e ** 2 + (c ? 2 * 3 * c.encoderUnits ** 2 : 0);
  const outputs = c?.outputs ?? 0;
  const decoder =
    (c ? gru(2 * c.encoderUnits + f, c.units) + c.units * 2 * outputs : 0) + gru(outputs, g) + g * f;
  const readout = f * channels.reconstruct;
  const forward = rows.encode * encoders + rows.reconstruct * (decoder + readout);
  // No gradient goes through the inputs of the encoders: they are data.
  const backward = rows.encode * (encoders + recurrent) + 2 * rows.reconstruct * (decoder + readout);
  return { train: forward + backward, infer: forward };
}
