import { type NdArray, r2Score, regionalBitsPerSpike, type TrialSet } from "lfads";
import type { Score } from "./messages";

/** How well rates explain trials: against the truth where it is known, and in bits per spike of each region that there is. */
export function scoresOf(rates: NdArray, { encode, reconstruct, truth }: TrialSet): Score[] {
  const [, encodeBins, heldIn] = encode.shape as [number, number, number];
  const bits = regionalBitsPerSpike(rates, reconstruct, { heldIn, encodeBins });
  return [
    ...(truth ? [{ name: "R² of rates", value: r2Score(rates, truth) }] : []),
    { name: "held-in bits/spike", value: bits.heldIn },
    { name: "co-bps", value: bits.coBps },
    { name: "fp-bps", value: bits.fpBps },
  ].filter(({ value }) => Number.isFinite(value));
}
