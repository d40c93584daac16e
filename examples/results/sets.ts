import type { Dataset, FitOptions, LFADS } from "lfads";
import { recordingModel, recordingTraining, scoreRecording } from "../shared/recording";
import { lorenzModel, lorenzTraining, scoreLorenz } from "./lorenz";
import type { Scores } from "./scores";

/** How a data set is modelled, trained and scored. */
export interface ResultSet {
  readonly batchSize: number;
  readonly training: FitOptions;
  model(dataset: Dataset, seed: number): LFADS;
  score(model: LFADS, dataset: Dataset): Promise<Scores>;
}

/** The data sets of the table by name. */
export const resultSets: Readonly<Record<string, ResultSet>> = {
  s1: recording(256),
  stevenson: recording(128),
  macaque: recording(64),
  lorenz: { batchSize: 128, training: lorenzTraining, model: lorenzModel, score: scoreLorenz },
};

function recording(batchSize: number): ResultSet {
  return {
    batchSize,
    training: recordingTraining,
    model: recordingModel,
    async score(model, dataset) {
      const { heldIn, coBps, velocity } = await scoreRecording(model, dataset, 0);
      return { heldIn, coBps, ...(velocity && { velocityR2: velocity.r2 }) };
    },
  };
}
