import { type Dataset, type FitOptions, type FitResult, fit, LFADS } from "lfads";
import type { Settings } from "./settings";

/** The model that settings describe, in the size of the data. */
export function createModel({ train }: Dataset, settings: Settings): LFADS {
  const [, encodeBins, encode] = train.encode.shape as [number, number, number];
  const [, bins, reconstruct] = train.reconstruct.shape as [number, number, number];
  const { encoderUnits, generatorUnits, factors, inferredInputs, seed } = settings;
  return new LFADS({
    bins: { encode: encodeBins, reconstruct: bins },
    channels: { encode, reconstruct },
    externalInputs: train.externalInputs?.shape[2] ?? 0,
    initialCondition: { encoderUnits, size: encoderUnits },
    controller: inferredInputs > 0 && { encoderUnits, units: encoderUnits, outputs: inferredInputs },
    generator: { units: generatorUnits },
    factors,
    seed,
  });
}

/** Trains a model as settings say, on any platform: the same numbers wherever the kernels are the same. */
export function train(
  model: LFADS,
  dataset: Dataset,
  settings: Settings,
  how: Pick<FitOptions, "onProgress" | "resume" | "signal"> = {},
): Promise<FitResult> {
  const { epochs, batchSize, seed, rampEpochs } = settings;
  const { learningRate, dropout, coordinatedDropout, klInitialCondition, klInferredInputs, l2 } = settings;
  return fit(model, dataset, {
    hyperparameters: {
      learningRate,
      dropout,
      coordinatedDropout,
      klInitialCondition,
      klControllerOutput: klInferredInputs,
      l2Generator: l2,
      l2Controller: l2,
    },
    epochs,
    batchSize,
    seed,
    klRamp: { increase: rampEpochs },
    l2Ramp: { increase: rampEpochs },
    ...how,
  });
}
