import { infer, type LFADS, type NdArray, type TrialSet } from "lfads";
import type { FactorPicture, Score } from "./messages";
import { factorPicture } from "./pictures";
import { scoresOf } from "./scores";

/** What a model makes of trials at one time of its training. */
export interface Look {
  readonly rates: NdArray;
  readonly factors: FactorPicture;
  readonly scores: readonly Score[];
}

/** Passes the means of the posteriors through a model: fast, without draws, and no part of its training. */
export async function lookAt(model: LFADS, trials: TrialSet, before: Look | null): Promise<Look> {
  const { rates, factors } = await infer(model, trials, { samples: 0 });
  return {
    rates,
    factors: factorPicture(factors, trials, before?.factors),
    scores: scoresOf(rates, trials),
  };
}
