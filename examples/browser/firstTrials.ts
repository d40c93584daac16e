import type { NdArray, TrialSet } from "lfads";

/** The first trials of a set, without a copy. */
export function firstTrials(
  { encode, reconstruct, externalInputs, truth, extras = {} }: TrialSet,
  count: number,
): TrialSet {
  const first = ({ data, shape: [trials = 0, ...rest] }: NdArray): NdArray => {
    const rows = Math.min(trials, count);
    const width = rest.reduce((product, n) => product * n, 1);
    return { data: data.subarray(0, rows * width), shape: [rows, ...rest] };
  };
  return {
    encode: first(encode),
    reconstruct: first(reconstruct),
    ...(externalInputs && { externalInputs: first(externalInputs) }),
    ...(truth && { truth: first(truth) }),
    extras: Object.fromEntries(Object.entries(extras).map(([name, array]) => [name, first(array)])),
  };
}
