import {
  type Dataset,
  type Decoding,
  decode,
  type FitOptions,
  type Inferred,
  infer,
  LFADS,
  type NdArray,
  regionalBitsPerSpike,
  selectColumns,
} from "lfads";

/** The model of the published comparison, sized for a recording. */
export function recordingModel({ train }: Dataset, seed: number | string): LFADS {
  const [, bins, encode] = train.encode.shape as [number, number, number];
  const reconstruct = train.reconstruct.shape[2]!;
  return new LFADS({
    bins,
    channels: { encode, reconstruct },
    initialCondition: { encoderUnits: 64, size: 64 },
    controller: { encoderUnits: 64, units: 64, outputs: 4, lag: 1 },
    generator: { units: 100 },
    factors: 40,
    seed,
  });
}

/** How it is trained: one fixed set of hyperparameters, no search. */
export const recordingTraining = {
  hyperparameters: {
    learningRate: 4e-3,
    dropout: 0.3,
    coordinatedDropout: 0.3,
    klInitialCondition: 1e-5,
    klControllerOutput: 1e-5,
    l2Generator: 1e-2,
    l2Controller: 1e-2,
  },
  klRamp: { start: 0, increase: 80 },
  l2Ramp: { start: 0, increase: 80 },
  learningRateDecay: { factor: 0.95, patience: 6, min: 1e-5 },
  earlyStopping: { patience: 60 },
} satisfies FitOptions;

/** What a model makes of a recording. */
export interface RecordingResult {
  readonly train: Inferred;
  readonly valid: Inferred;
  /** Bits per spike on validation trials. */
  readonly heldIn: number;
  readonly coBps: number;
  /** Decoding of the first two columns of the behaviour; absent without behaviour. */
  readonly velocity?: Decoding;
}

/** Infers rates of all trials and scores those of the validation trials. */
export async function scoreRecording(
  model: LFADS,
  { train, valid }: Dataset,
  samples: number,
): Promise<RecordingResult> {
  const inferred = {
    train: await infer(model, train, { samples }),
    valid: await infer(model, valid, { samples }),
  };
  const [, encodeBins, heldIn] = valid.encode.shape as [number, number, number];
  const bits = regionalBitsPerSpike(inferred.valid.rates, valid.reconstruct, { heldIn, encodeBins });
  const behavior = { train: velocityOf(train.extras?.behavior), valid: velocityOf(valid.extras?.behavior) };
  return {
    ...inferred,
    heldIn: bits.heldIn,
    coBps: bits.coBps,
    ...(behavior.train &&
      behavior.valid && {
        velocity: decode(
          { rates: inferred.train.rates, behavior: behavior.train },
          { rates: inferred.valid.rates, behavior: behavior.valid },
        ),
      }),
  };
}

/** The first two columns of the behaviour: hand velocity in the recordings that come with the examples. */
export function velocityOf(behavior: NdArray | undefined): NdArray | undefined {
  return behavior && selectColumns(behavior, [0, 1]);
}
