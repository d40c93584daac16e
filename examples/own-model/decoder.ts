import {
  add,
  matMul,
  mul,
  type Tensor,
  type Tensor2D,
  tanh,
  tensor,
  tensor2d,
  tidy,
  type Variable,
  variable,
} from "@tensorflow/tfjs-core";
import { type NdArray, type RandomStream, sampleNormal, type TrialSet } from "lfads";
import { velocityOf } from "../shared/recording";

/** Bins before and after the one whose velocity is decoded. */
const AROUND = 4;
/** Units of the hidden layer. */
export const UNITS = 64;
/** Velocities are decoded in this unit, so that errors are near 1. */
const CM_PER_SECOND = 10;

/** Weights of a perceptron with one hidden layer, from spike counts to the velocity of the hand. */
export type Decoder = Readonly<Record<"hiddenWeight" | "hiddenBias" | "weight" | "bias", Variable>>;

/** A decoder with random weights. */
export function makeDecoder(inputs: number, stream: RandomStream): Decoder {
  const weight = (name: string, rows: number, columns: number) =>
    variable(
      tensor(sampleNormal(stream.fork(name), rows * columns, 0, 1 / Math.sqrt(rows)), [rows, columns]),
    );
  return tidy(() => ({
    hiddenWeight: weight("hidden", inputs, UNITS),
    hiddenBias: variable(tensor(new Float32Array(UNITS))),
    weight: weight("output", UNITS, 2),
    bias: variable(tensor([0, 0])),
  }));
}

/** Velocity of each row of counts; `mask` is of dropout. */
export function decodeVelocity(decoder: Decoder, counts: Tensor2D, mask?: Tensor): Tensor2D {
  const hidden = tanh(add(matMul(counts, decoder.hiddenWeight as Tensor2D), decoder.hiddenBias));
  const kept = (mask ? mul(hidden, mask) : hidden) as Tensor2D;
  return add(matMul(kept, decoder.weight as Tensor2D), decoder.bias);
}

/** Counts around each bin, `[bins of all trials, inputs]`, and the velocity in it, `[bins of all trials, 2]`. */
export interface Samples {
  readonly counts: Tensor2D;
  readonly velocity: Tensor2D;
}

/** The held-in counts of a recording and the first two columns of its behaviour as samples. */
export function samplesOf({ encode, extras }: TrialSet): Samples {
  const [trials, bins, channels] = encode.shape as [number, number, number];
  const inputs = (2 * AROUND + 1) * channels;
  const counts = new Float32Array(trials * bins * inputs);
  for (let trial = 0; trial < trials; trial++) {
    for (let bin = 0; bin < bins; bin++) {
      const [first, last] = [Math.max(0, bin - AROUND), Math.min(bins - 1, bin + AROUND)];
      const from = trial * bins * channels;
      const seen = encode.data.subarray(from + first * channels, from + (last + 1) * channels);
      counts.set(seen, (trial * bins + bin) * inputs + (first - bin + AROUND) * channels);
    }
  }
  return {
    counts: tensor2d(counts, [trials * bins, inputs]),
    velocity: tensor2d(
      Float32Array.from(velocityOf(extras?.behavior)!.data, (v) => v / CM_PER_SECOND),
      [trials * bins, 2],
    ),
  };
}

/** The velocity of samples, cm/s, in the shape of the recording's. */
export function predict(decoder: Decoder, { counts }: Samples, shape: readonly number[]): NdArray {
  const units = tidy(() => decodeVelocity(decoder, counts).dataSync());
  return { data: units.map((v) => v * CM_PER_SECOND), shape };
}
