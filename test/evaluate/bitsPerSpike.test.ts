import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/data/readSafetensors";
import { bitsPerSpike, coBps, fpBps, poissonNll, regionalBitsPerSpike } from "../../src/evaluate";
import { logFactorial } from "../../src/evaluate/logFactorial";
import { array, counts, gaussians, mapped, shuffledRows } from "./support";

describe("logFactorial", () => {
  test.each([
    [0, 0],
    [0.5, -0.12078223763524543],
    [2.5, 1.2009736023470738],
    [30, 74.65823634883017],
    [171, 711.71472580229],
    [1e5, 1051299.221899122],
  ])("of %d", (k, expected) => {
    expect(Math.abs(logFactorial(k) - expected)).toBeLessThan(2e-14 * Math.max(1, Math.abs(expected)));
  });
});

describe("poissonNll", () => {
  test("by hand: r - k ln r + ln k!, summed, without the unobserved", () => {
    const rates = array([2, 0.5, 1], [3, 1]);
    const spikes = array([3, 0, Number.NaN], [3, 1]);
    expect(poissonNll(rates, spikes)).toBeCloseTo(2 - 3 * Math.log(2) + Math.log(6) + 0.5, 12);
  });

  test("floors rates at 1e-9", () => {
    expect(poissonNll(array([0], [1]), array([2], [1]))).toBeCloseTo(2 * Math.log(1e9) + Math.log(2), 8);
  });
});

describe("bitsPerSpike", () => {
  test("by hand", () => {
    // Mean 1. Gain = sum (1 - 0) - (r - k ln r) = (1 - .5) + (1 - (2 - 2 ln 2)) + (1 - 1) = 2 ln 2 - .5; 3 spikes.
    const bits = bitsPerSpike(array([0.5, 2, 1], [3, 1]), array([0, 2, 1], [3, 1]));
    expect(bits).toBeCloseTo((2 * Math.LN2 - 0.5) / (3 * Math.LN2), 14);
  });

  const rates = mapped(gaussians("rates", [6, 5, 4]), (z, i) => (1 + (i % 4)) * 0.5 * Math.exp(0.5 * z));
  const spikes = counts("spikes", rates);

  test("is the difference of the negative log-likelihoods per spike", () => {
    const means = mapped(spikes, (_, i) => {
      let sum = 0;
      for (let j = i % 4; j < 120; j += 4) sum += spikes.data[j]!;
      return sum / 30;
    });
    const total = spikes.data.reduce((sum, count) => sum + count, 0);
    const expected = (poissonNll(means, spikes) - poissonNll(rates, spikes)) / (total * Math.LN2);
    expect(bitsPerSpike(rates, spikes)).toBeCloseTo(expected, 12);
    expect(bitsPerSpike(means, spikes)).toBeCloseTo(0, 14);
  });

  test("does not depend on the order of trials and bins", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const [r, k] = [shuffledRows(rates, seed), shuffledRows(spikes, seed)];
        expect(bitsPerSpike(r, k)).toBeCloseTo(bitsPerSpike(rates, spikes), 12);
      }),
      { numRuns: 20 },
    );
  });

  test("is pooled: a silent channel changes nothing, whatever the others", () => {
    const widened = (of: typeof rates, last: number) =>
      array(
        Array.from({ length: 30 }, (_, row) => [...of.data.subarray(4 * row, 4 * row + 4), last]).flat(),
        [6, 5, 5],
      );
    expect(bitsPerSpike(widened(rates, 0), widened(spikes, 0))).toBeCloseTo(bitsPerSpike(rates, spikes), 12);
  });

  test("an unobserved trial counts neither in the null nor in the model", () => {
    const withHole = mapped(spikes, (count, i) => (i >= 100 ? Number.NaN : count));
    const ratesWithHole = mapped(rates, (rate, i) => (i >= 100 ? Number.NaN : rate));
    const without = bitsPerSpike(
      array([...rates.data.subarray(0, 100)], [5, 5, 4]),
      array([...spikes.data.subarray(0, 100)], [5, 5, 4]),
    );
    expect(bitsPerSpike(ratesWithHole, withHole)).toBeCloseTo(without, 14);
  });

  test("is NaN without a spike", () => {
    expect(bitsPerSpike(array([1, 2], [2, 1]), array([0, 0], [2, 1]))).toBeNaN();
  });

  test("refuses what it cannot score", () => {
    expect(() => bitsPerSpike(rates, array([1], [1, 1, 1]))).toThrow(
      "bitsPerSpike: rates and spikes must have the same shape, got [6,5,4] and [1,1,1]",
    );
    expect(() => bitsPerSpike(array([-1.2], [1]), array([1], [1]))).toThrow("not log-rates), got -1.2 at 0");
    expect(() => bitsPerSpike(array([Number.NaN], [1]), array([1], [1]))).toThrow("got NaN at 0");
    expect(() => bitsPerSpike(array([1], [1]), array([-1], [1]))).toThrow(
      "spikes must be counts or NaN, got -1",
    );
  });
});

describe("against lfads-torch", () => {
  const path = new URL("../fixtures/lfads-torch/13_metrics.safetensors", import.meta.url);
  const { tensors } = readSafetensors(readFileSync(path));
  const rates = mapped(tensors["bps/preds"]!, Math.exp);
  const spikes = tensors["bps/targets"]!;
  const heldIn = tensors["bps/encod_data_dim"]!.data[0]!;
  const encodeBins = tensors["bps/encod_seq_len"]!.data[0]!;
  const close = (value: number, name: string, at = 0) =>
    expect(Math.abs(value - tensors[name]!.data[at]!)).toBeLessThan(1e-6);

  test("bits per spike", () => {
    close(bitsPerSpike(rates, spikes), "bps/value");
    close(bitsPerSpike(rates, tensors["bps/targets_silent_channel"]!), "bps/value_silent_channel");
  });

  test("by region", () => {
    const regional = regionalBitsPerSpike(rates, spikes, { heldIn, encodeBins });
    close(regional.heldIn, "bps/regional", 0);
    close(regional.coBps, "bps/regional", 1);
    close(regional.fpBps, "bps/regional", 2);
    expect(coBps(rates, spikes, { heldIn, encodeBins })).toBe(regional.coBps);
    expect(fpBps(rates, spikes, encodeBins)).toBe(regional.fpBps);
  });

  test("empty regions are NaN", () => {
    const [, bins, channels] = spikes.shape;
    const regional = regionalBitsPerSpike(rates, spikes, { heldIn: channels!, encodeBins: bins! });
    close(regional.heldIn, "bps/regional_no_heldout", 0);
    expect([regional.coBps, regional.fpBps]).toEqual([Number.NaN, Number.NaN]);
  });

  test("a region beyond the data is refused", () => {
    expect(() => coBps(rates, spikes, { heldIn: 8, encodeBins })).toThrow(
      "channels must be a range inside [0, 7]",
    );
  });
});
