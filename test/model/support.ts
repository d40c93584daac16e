import { tensor, tidy } from "@tensorflow/tfjs-core";
import type { Batch } from "../../src/augmentations";
import { type NdArray, ndarray } from "../../src/data";
import { LFADS, type LFADSOptions, type PenaltyScales, type SharedOptions } from "../../src/model";
import { streamDraws } from "../../src/ops";
import { type Draws, normal, poisson, RandomStream } from "../../src/random";

export const small: Omit<SharedOptions, "bins"> = {
  initialCondition: { encoderUnits: 4, size: 3 },
  controller: { encoderUnits: 3, units: 4, outputs: 2 },
  generator: { units: 6 },
  factors: 3,
};

/** What `f` returns, which is not tensors; the tensors that it makes are freed. */
export function compute<T>(f: () => T): T {
  const results: T[] = [];
  tidy(() => {
    results.push(f());
  });
  return results[0]!;
}

/** 5 channels, 6 bins. */
export function smallModel(options: Partial<LFADSOptions> = {}): LFADS {
  return new LFADS({
    ...small,
    bins: 6,
    ...(options.sessions ? {} : { channels: 5 }),
    ...options,
  } as LFADSOptions);
}

/** Which trials to make up. */
export interface Wanted {
  readonly trials?: number;
  readonly session?: number;
  readonly seed?: string | number;
}

export function counts(seed: string | number, shape: readonly number[]): NdArray<Float32Array> {
  const size = shape.reduce((product, n) => product * n, 1);
  return ndarray(
    poisson(RandomStream.fromSeed("counts").fork(seed), new Float64Array(size).fill(0.7)),
    shape,
  );
}

export function numbers(seed: string | number, shape: readonly number[]): NdArray<Float32Array> {
  const size = shape.reduce((product, n) => product * n, 1);
  return ndarray(normal(RandomStream.fromSeed("numbers").fork(seed), size), shape);
}

export function upload({ data, shape }: NdArray) {
  return tensor(Float32Array.from(data), [...shape], "float32");
}

/** Trials of a session of the model: counts, and inputs where it takes some. */
export function batchFor(model: LFADS, { trials = 3, session = 0, seed = "batch" }: Wanted = {}): Batch {
  const { bins, sessions, externalInputs } = model.architecture;
  const { encode, reconstruct } = sessions[session]!;
  return {
    session,
    encode: upload(counts(`${seed} encode`, [trials, bins.encode, encode])),
    reconstruct: upload(counts(`${seed} reconstruct`, [trials, bins.reconstruct, reconstruct])),
    ...(externalInputs > 0 && {
      externalInputs: upload(numbers(`${seed} inputs`, [trials, bins.reconstruct, externalInputs])),
    }),
  };
}

export function drawsOf(seed: string | number): Draws {
  return streamDraws(RandomStream.fromSeed(seed));
}

export const scales: PenaltyScales = {
  ...{ klInitialCondition: 0.02, klControllerOutput: 0.03 },
  ...{ l2IcEncoder: 0.1, l2CiEncoder: 0.2, l2Generator: 0.3, l2Controller: 0.4 },
};
