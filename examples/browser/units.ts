/** How times and rates are written for a bin width, which a file may not give. */
export function unitsOf(binMs: number | undefined) {
  return binMs === undefined
    ? { time: "bins", perBin: 1, rate: "spikes/bin", rateOf: (count: number) => count }
    : { time: "ms", perBin: binMs, rate: "spikes/s", rateOf: (count: number) => (1000 * count) / binMs };
}
