import type { NdArray } from "../data/ndarray";
import { bitsPerSpike } from "./bitsPerSpike";
import { type Region, selectRegion } from "./select";
import { requireTrials } from "./table";

/** Where the encoders stopped looking; whatever lies beyond was predicted. */
export interface EncodedRegion {
  /** Number of held-in channels: the first ones of the last axis. */
  readonly heldIn: number;
  /** Number of encoded bins: the first ones of every trial. */
  readonly encodeBins: number;
}

/** Bits per spike of the three regions of a trial; NaN where a region is empty or has no spike. */
export interface RegionalBitsPerSpike {
  /** Held-in channels in the encoded bins. */
  readonly heldIn: number;
  /** Co-smoothing: held-out channels in the encoded bins. */
  readonly coBps: number;
  /** Forward prediction: all channels in the bins after the encoded ones. */
  readonly fpBps: number;
}

/**
 * Bits per spike by region, as the Neural Latents Benchmark splits them.
 *
 * @example
 * ```ts
 * import { regionalBitsPerSpike, simulateLorenz } from "lfads";
 *
 * const { encode, reconstruct, truth } = simulateLorenz({ conditions: 5, heldOut: 10 }).valid;
 * const [, encodeBins, heldIn] = encode.shape;
 * const { coBps } = regionalBitsPerSpike(truth!, reconstruct, { heldIn: heldIn!, encodeBins: encodeBins! });
 * console.log(coBps > 0); // true
 * ```
 * @param rates expected spikes per bin `[trials, bins, channels]`, held-in channels first
 * @param spikes counts of the same shape
 */
export function regionalBitsPerSpike(
  rates: NdArray,
  spikes: NdArray,
  encoded: EncodedRegion,
): RegionalBitsPerSpike {
  const { heldIn, encodeBins } = encoded;
  return {
    heldIn: within(rates, spikes, { bins: [0, encodeBins], channels: [0, heldIn] }),
    coBps: coBps(rates, spikes, encoded),
    fpBps: fpBps(rates, spikes, encodeBins),
  };
}

/** Co-smoothing bits per spike: held-out channels in the encoded bins; NaN without held-out channels. */
export function coBps(rates: NdArray, spikes: NdArray, { heldIn, encodeBins }: EncodedRegion): number {
  const [, , channels] = requireTrials("coBps", "spikes", spikes);
  return within(rates, spikes, { bins: [0, encodeBins], channels: [heldIn, channels] });
}

/** Forward-prediction bits per spike: all channels after the encoded bins; NaN without such bins. */
export function fpBps(rates: NdArray, spikes: NdArray, encodeBins: number): number {
  const [, bins] = requireTrials("fpBps", "spikes", spikes);
  return within(rates, spikes, { bins: [encodeBins, bins] });
}

const within = (rates: NdArray, spikes: NdArray, region: Region): number =>
  bitsPerSpike(selectRegion(rates, region), selectRegion(spikes, region));
