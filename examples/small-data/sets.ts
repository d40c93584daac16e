import { fileURLToPath } from "node:url";
import {
  coBps,
  type Dataset,
  decode,
  infer,
  LFADS,
  RandomStream,
  r2Score,
  samplePermutation,
  selectTrials,
  simulateLorenz,
  splitTrials,
  type TrialSet,
} from "lfads";
import { loadHdf5 } from "lfads/node";
import { velocityOf } from "../shared/recording";

/** Trials for training and validation, few; and others that no training and no search ever sees. */
export interface SmallData {
  readonly dataset: Dataset;
  readonly test: TrialSet;
}

/** What a model is worth on test trials. */
export interface TestScores {
  /** Bits per spike of the held-out channels. */
  readonly coBps: number;
  /** R2 of the rates, or of the velocity that is decoded from them. */
  readonly r2: number;
}

export interface SmallSet {
  readonly r2: string;
  load(seed: number): Promise<SmallData>;
  score(model: LFADS, data: SmallData): Promise<TestScores>;
}

/** 80 trials for training, 20 for validation. */
const TRIALS = 100;

export const smallSets = {
  lorenz: {
    r2: "rate R2",
    async load(seed) {
      const { train, valid, ...rest } = simulateLorenz({
        conditions: 20,
        trialsPerCondition: 25,
        bins: 40,
        binSeconds: 0.02,
        timeStep: 0.02,
        channels: 40,
        heldOut: 10,
        meanRate: 10,
        seed,
      });
      return { dataset: { ...rest, ...fewTrials(train, seed) }, test: valid };
    },
    async score(model, { test }) {
      const { rates } = await infer(model, test);
      return { coBps: heldOutBits(rates, test), r2: r2Score(rates, test.truth!) };
    },
  },
  s1: {
    r2: "velocity R2",
    async load(seed) {
      const file = fileURLToPath(new URL("../data/s1_reach_50ms.h5", import.meta.url));
      const { train, valid, ...rest } = await loadHdf5(file);
      return { dataset: { ...rest, ...fewTrials(train, seed) }, test: valid };
    },
    async score(model, { dataset: { train }, test }) {
      const [known, unknown] = [await infer(model, train), await infer(model, test)];
      const velocity = decode(
        { rates: known.rates, behavior: velocityOf(train.extras!.behavior)! },
        { rates: unknown.rates, behavior: velocityOf(test.extras!.behavior)! },
      );
      return { coBps: heldOutBits(unknown.rates, test), r2: velocity.r2 };
    },
  },
} satisfies Readonly<Record<string, SmallSet>>;

/** A model small enough for a hundred trials, with inferred inputs whether there are any or not: nothing is tuned by hand. */
export function smallModel({ dataset: { train } }: SmallData, seed: number | string): LFADS {
  const [, bins, encode] = train.encode.shape as [number, number, number];
  return new LFADS({
    bins,
    channels: { encode, reconstruct: train.reconstruct.shape[2]! },
    initialCondition: { encoderUnits: 32, size: 32 },
    controller: { encoderUnits: 32, units: 32, outputs: 2, lag: 1 },
    generator: { units: 64 },
    factors: 16,
    seed,
  });
}

/** A few of the trials, every fifth of them for validation. */
function fewTrials(trials: TrialSet, seed: number): { train: TrialSet; valid: TrialSet } {
  const stream = RandomStream.fromSeed(seed).fork("few trials");
  const order = samplePermutation(stream, trials.encode.shape[0]!);
  return splitTrials(selectTrials(trials, order.subarray(0, TRIALS)));
}

function heldOutBits(rates: Parameters<typeof coBps>[0], { encode, reconstruct }: TrialSet): number {
  const [, encodeBins, heldIn] = encode.shape as [number, number, number];
  return coBps(rates, reconstruct, { heldIn, encodeBins });
}
