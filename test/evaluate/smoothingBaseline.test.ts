import { describe, expect, test } from "vitest";
import type { Dataset, TrialSet } from "../../src/data/dataset";
import {
  applyLinearMap,
  bitsPerSpike,
  selectRegion,
  smoothGaussian,
  smoothingBaseline,
} from "../../src/evaluate";
import { fitShrinkage, shrink } from "../../src/evaluate/leaveOutRates";
import { poissonCost } from "../../src/evaluate/poissonNll";
import { array, counts, gaussians, mapped } from "./support";

const [BINS, HELD_IN, CHANNELS] = [24, 6, 8];

/** Trials whose channels and behaviour follow two slow latents. */
function trialSet(name: string, trials: number): TrialSet {
  const latents = smoothGaussian(gaussians(name, [trials, BINS, 2]), { sd: 3 });
  const loadings = {
    weights: gaussians("loadings", [2, CHANNELS]),
    bias: new Float64Array(CHANNELS).fill(-0.5),
  };
  const rates = mapped(
    applyLinearMap(
      loadings,
      mapped(latents, (value) => 2 * value),
    ),
    Math.exp,
  );
  const reconstruct = counts(`${name} spikes`, rates);
  const encode = selectRegion(reconstruct, { channels: [0, HELD_IN] });
  return { encode, reconstruct, extras: { behavior: latents } };
}

const dataset: Dataset = {
  train: trialSet("train", 60),
  valid: trialSet("valid", 20),
  attributes: { bin_ms: 20 },
};
const options = { sdsMs: [10, 50, 400] };

describe("fitShrinkage", () => {
  const spikes = dataset.train.encode;
  const smoothed = smoothGaussian(spikes, { sd: 2, leaveOut: true });
  const fit = fitShrinkage(smoothed, spikes);

  test("the gain is the best of a grid, for every channel", () => {
    const cost = (gain: number, channel: number) => {
      const gains = fit.gains.map((value, i) => (i === channel ? gain : value));
      const rates = shrink({ ...fit, gains }, smoothed);
      return rates.data.reduce((sum, rate, i) => sum + poissonCost(rate, spikes.data[i]!), 0);
    };
    fit.gains.forEach((gain, channel) => {
      const grid = Array.from({ length: 41 }, (_, i) => i / 40);
      const best = grid.reduce((a, b) => (cost(b, channel) < cost(a, channel) ? b : a));
      expect(Math.abs(gain - best)).toBeLessThanOrEqual(0.025);
    });
    expect(Math.max(...fit.gains)).toBeGreaterThan(0.3);
  });

  test("channels without dependence between bins keep their mean", () => {
    const flat = counts(
      "flat",
      mapped(gaussians("any", [2000, 10, 2]), () => 0.7),
    );
    const gains = fitShrinkage(smoothGaussian(flat, { sd: 2, leaveOut: true }), flat).gains;
    for (const gain of gains) expect(gain).toBeLessThan(0.05);
  });

  test("where nothing else was observed the rate is the mean", () => {
    const single = array([1, 3], [2, 1, 1]);
    const alone = smoothGaussian(single, { sd: 1, leaveOut: true });
    expect([...shrink(fitShrinkage(alone, single), alone).data]).toEqual([2, 2]);
  });
});

describe("smoothingBaseline", () => {
  const baseline = smoothingBaseline(dataset, options);

  test("finds the structure, with a sensible width", () => {
    expect(baseline.heldInBps.score).toBeGreaterThan(0.05);
    expect(baseline.coBps!.score).toBeGreaterThan(0.1);
    expect(baseline.coBps!.converged).toBe(true);
    expect(baseline.velocityR2!.score).toBeGreaterThan(0.5);
    expect([baseline.heldInBps.sdMs, baseline.coBps!.sdMs, baseline.velocityR2!.sdMs]).toEqual([50, 50, 50]);
  });

  test("the scores are those of the rates it returns", () => {
    expect(baseline.rates.shape).toEqual([20, BINS, CHANNELS]);
    const { reconstruct } = dataset.valid;
    const bits = (from: number, to: number) => {
      const region = { channels: [from, to] } as const;
      return bitsPerSpike(selectRegion(baseline.rates, region), selectRegion(reconstruct, region));
    };
    expect(bits(0, HELD_IN)).toBeCloseTo(baseline.heldInBps.score, 12);
    expect(bits(HELD_IN, CHANNELS)).toBeCloseTo(baseline.coBps!.score, 12);
  });

  test("no rate sees the count that it is scored on", () => {
    const at = 5 * BINS * CHANNELS + 7 * CHANNELS + 2;
    const reconstruct = mapped(dataset.valid.reconstruct, (count, i) =>
      i === at || i % CHANNELS >= HELD_IN ? 9 : count,
    );
    const encode = selectRegion(reconstruct, { channels: [0, HELD_IN] });
    const { rates } = smoothingBaseline(
      { ...dataset, valid: { ...dataset.valid, encode, reconstruct } },
      options,
    );
    expect(rates.data[at]).toBe(baseline.rates.data[at]);
    expect(rates.data[at + CHANNELS]).not.toBe(baseline.rates.data[at + CHANNELS]);
    for (let i = HELD_IN; i < 5 * BINS * CHANNELS; i += CHANNELS)
      expect(rates.data[i]).toBe(baseline.rates.data[i]);
  });

  test("validation trials do not choose the width", () => {
    const valid = trialSet("other", 20);
    // Trial by trial nearly constant: only the widest kernel would do.
    const behavior = smoothGaussian(valid.extras!.behavior!, { sd: 1000 });
    const other = smoothingBaseline({ ...dataset, valid: { ...valid, extras: { behavior } } }, options);
    expect(other.coBps!.sdMs).toBe(baseline.coBps!.sdMs);
    expect(other.heldInBps.sdMs).toBe(baseline.heldInBps.sdMs);
    expect(other.velocityR2!.sdMs).toBe(baseline.velocityR2!.sdMs);
  });

  test("is the same every time", () => {
    expect(smoothingBaseline(dataset, options)).toEqual(baseline);
  });

  test("forward bins, held-out channels and behaviour may be absent or ignored", () => {
    const cut = ({ encode, reconstruct, extras }: TrialSet): TrialSet => ({
      encode: selectRegion(encode, { bins: [0, 16] }),
      reconstruct,
      extras: extras!,
    });
    const forward = smoothingBaseline(
      { ...dataset, train: cut(dataset.train), valid: cut(dataset.valid) },
      options,
    );
    expect(forward.rates.shape).toEqual([20, 16, CHANNELS]);
    const plain = ({ encode }: TrialSet): TrialSet => ({ encode, reconstruct: encode });
    const bare = smoothingBaseline(
      { train: plain(dataset.train), valid: plain(dataset.valid) },
      { ...options, binMs: 20 },
    );
    expect(bare.heldInBps).toEqual(baseline.heldInBps);
    expect(bare).not.toHaveProperty("coBps");
    expect(bare).not.toHaveProperty("velocityR2");
  });

  test("refuses an unknown bin width and impossible options", () => {
    const { attributes: _, ...unnamed } = dataset;
    expect(() => smoothingBaseline(unnamed)).toThrow("no bin_ms, got undefined");
    expect(() => smoothingBaseline(dataset, { sdsMs: [] })).toThrow("sdsMs must not be empty");
    expect(() => smoothingBaseline(dataset, { floor: 0 })).toThrow("floor must be positive, got 0");
    expect(() => smoothingBaseline(dataset, { ...options, columns: [2] })).toThrow(
      "integers in [0, 2), got 2",
    );
  });
});
