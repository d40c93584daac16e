import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  arneodoSystem,
  type Dataset,
  type DynamicalSystem,
  lorenzSystem,
  macArthurSystem,
  mackeyGlassSystem,
  roesslerSystem,
  simulateAttractor,
  validateDataset,
} from "../../src/data";
import { trajectory } from "../../src/data/simulate/trajectory";
import { digests } from "./digests";

const url = new URL("../fixtures/attractors/arneodo.json", import.meta.url);
const reference: {
  readonly split: readonly number[];
  readonly meanSpikes: number;
  readonly rmsLatents: readonly number[];
  readonly latents: Readonly<Record<string, readonly number[]>>;
} = JSON.parse(readFileSync(url, "utf8"));

const setsOf = ({ train, valid, test }: Dataset) => [train, valid, test!];

/** Rows of an array in the order before the split. */
function unsplit(dataset: Dataset, name: "truth" | "latents" | "reconstruct"): number[][] {
  const rows: number[][] = [];
  for (const set of setsOf(dataset)) {
    const { data } = name === "latents" ? set.extras!.latents! : set[name]!;
    const inds = set.extras!.inds!.data;
    const size = data.length / inds.length;
    inds.forEach((ind, row) => {
      rows[ind] = Array.from(data.subarray(row * size, (row + 1) * size));
    });
  }
  return rows;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const rms = (values: readonly number[]) => Math.sqrt(mean(values.map((x) => x * x)));
const column = (values: readonly number[], columns: number, k: number) =>
  values.filter((_, i) => i % columns === k);

describe("simulateAttractor", () => {
  const dataset = simulateAttractor();
  const { readout, activity_mean, activity_sd } = dataset.shared!;

  test("has the published shapes and split; every trial is in one set", () => {
    validateDataset(dataset);
    expect(setsOf(dataset).map(({ encode }) => encode.shape[0])).toEqual(reference.split);
    expect(dataset.test!.reconstruct!.shape).toEqual([400, 70, 10]);
    expect(dataset.test!.truth!.shape).toEqual([400, 70, 10]);
    expect(dataset.valid.extras!.latents!.shape).toEqual([320, 70, 3]);
    const inds = setsOf(dataset).flatMap(({ extras }) => Array.from(extras!.inds!.data));
    expect(inds.sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(dataset.attributes!.time_step).toBeCloseTo(0.0904035028815997, 8);
  });

  test("latents are those of the reference set, as long as its chaos lets two integrations agree", () => {
    const latents = unsplit(dataset, "latents");
    for (const [trial, expected] of Object.entries(reference.latents)) {
      expected.forEach((value, i) => {
        expect(Math.abs(latents[Number(trial)]![i]! - value)).toBeLessThan(1e-4);
      });
    }
    const all = latents.flat();
    reference.rmsLatents.forEach((value, k) => {
      expect(rms(column(all, 3, k))).toBeCloseTo(value, 1);
    });
  });

  test("rates are exp of the standardised readout of the latents; channels are sorted", () => {
    const rates = unsplit(dataset, "truth");
    const latents = unsplit(dataset, "latents");
    const all = rates.flat();
    for (let n = 0; n < 10; n++) {
      const weights = [0, 1, 2].map((k) => readout!.data[10 * k + n]!);
      for (const w of weights) expect(Math.abs(w)).toBeLessThan(0.5);
      if (n > 0) expect(weights[0]).toBeGreaterThan(readout!.data[n - 1]!);
      for (let trial = 0; trial < 2000; trial += 97) {
        const activity = weights.reduce((sum, w, k) => sum + w * latents[trial]![3 * 33 + k]!, 0);
        const logRate = (activity - activity_mean!.data[n]!) / activity_sd!.data[n]!;
        expect(Math.log(rates[trial]![10 * 33 + n]!)).toBeCloseTo(logRate, 4);
      }
      const logRates = column(all, 10, n).map(Math.log);
      expect(mean(logRates)).toBeCloseTo(0, 5);
      expect(rms(logRates)).toBeCloseTo(1, 5);
    }
  });

  test("spikes are Poisson counts of the rates, about as many as in the reference set", () => {
    const rates = unsplit(dataset, "truth").flat();
    const counts = unsplit(dataset, "reconstruct").flat();
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    const squares = rates.reduce((sum, rate) => sum + rate * rate, 0);
    const difference = counts.reduce((sum, count, i) => sum + count - rates[i]!, 0);
    const dispersion = counts.reduce((sum, count, i) => sum + (count - rates[i]!) ** 2 - rates[i]!, 0);
    expect(Math.abs(difference)).toBeLessThan(4 * Math.sqrt(total));
    expect(Math.abs(dispersion)).toBeLessThan(4 * Math.sqrt(2 * squares + total));
    expect(Math.abs(mean(counts) - reference.meanSpikes)).toBeLessThan(0.05);
  });

  test("same seed, same data; another seed has another readout on the same trajectory", () => {
    const small = { trials: 40, bins: 20 };
    const once = simulateAttractor(small);
    expect(digests(simulateAttractor(small))).toEqual(digests(once));
    const other = simulateAttractor({ ...small, seed: 1 });
    expect(other.shared!.readout!.data).not.toEqual(once.shared!.readout!.data);
    expect(unsplit(other, "latents")).toEqual(unsplit(once, "latents"));
  });

  test.each([
    ["Lorenz", lorenzSystem, 0.015008107200628729, [7.9, 9, 25]],
    ["Roessler", roesslerSystem, 0.16881835460662842, [5.2, 4.9, 3]],
  ])("%s has the published time step and range", (_, system, timeStep, sizes) => {
    const other = simulateAttractor({ system, trials: 300 });
    expect(Number(other.attributes!.time_step) * (1 - 1 / 21000)).toBeCloseTo(timeStep, 5);
    const latents = unsplit(other, "latents").flat();
    sizes.forEach((size, k) => {
      expect(Math.abs(rms(column(latents, 3, k)) / size - 1)).toBeLessThan(0.1);
    });
  });

  test("latents of the Mackey-Glass equation are delayed copies of one that does not repeat", () => {
    const set = simulateAttractor({ system: mackeyGlassSystem, trials: 20, bins: 100 });
    const latents = unsplit(set, "latents").flat();
    const lag = Math.round(17 / Number(set.attributes!.time_step));
    for (let k = 1; k < 10; k++) {
      expect(column(latents, 10, k).slice(0, -lag)).toEqual(column(latents, 10, k - 1).slice(lag));
    }
    const x = column(latents, 10, 0);
    expect(Math.min(...x)).toBeGreaterThan(0.2);
    expect(Math.max(...x)).toBeLessThan(1.4);
    const distances = x
      .slice(10, 1000)
      .map((_, shift) => rms(x.slice(0, 900).map((v, i) => v - x[i + shift + 10]!)));
    expect(Math.min(...distances)).toBeGreaterThan(0.02); // chaos: no shift brings it back
  });

  test("MacArthur's species live on and are standardised", () => {
    const { start, derivative, period } = macArthurSystem;
    const states = trajectory(derivative, start, { bins: 400, timeStep: period / 4, longestStep: 0.2 });
    expect(Math.min(...states)).toBeGreaterThan(0);
    const set = simulateAttractor({ system: macArthurSystem, trials: 20 });
    const latents = unsplit(set, "latents").flat();
    for (let k = 0; k < 10; k++) {
      expect(mean(column(latents, 10, k))).toBeCloseTo(0, 5);
      expect(rms(column(latents, 10, k))).toBeCloseTo(1, 5);
    }
  });

  test("simulates an equation of one's own", () => {
    const oscillator: DynamicalSystem = {
      name: "Van der Pol",
      derivative: ([x, y]) => [y!, 3 * (1 - x! * x!) * y! - x!],
      start: [2, 0],
      period: 8.86,
    };
    const own = simulateAttractor({ system: oscillator, trials: 50, bins: 35, channels: 30, heldOut: 6 });
    validateDataset(own);
    expect(own.train.encode.shape).toEqual([32, 35, 24]);
    const latents = unsplit(own, "latents").flat();
    expect(Math.max(...column(latents, 2, 0))).toBeCloseTo(2.02, 1); // the limit cycle's amplitude
  });

  test.each([
    [{ trials: 0 }, "simulateAttractor: trials must be a whole number above 0, got 0"],
    [{ heldOut: 10 }, "simulateAttractor: heldOut must be a whole number from 0 to channels - 1, got 10"],
    [
      { system: { ...arneodoSystem, period: -1 } },
      "simulateAttractor: period must be a finite number above 0, got -1",
    ],
    [
      {
        system: {
          name: "blow-up",
          derivative: ([x]: Float64Array) => [x! * x!],
          start: [1],
          period: 1,
        },
      },
      "trajectory: states must stay finite",
    ],
    [{ system: { ...mackeyGlassSystem, delay: 0.1 } }, "trajectory: delay must be at least two steps"],
    [{ testFraction: 1 }, "splitTrials: validFraction must be above 0 and below 1, got 1"],
  ])("refuses %o", (bad, message) => {
    expect(() => simulateAttractor(bad)).toThrow(message);
  });
});

describe("trajectory with a delay", () => {
  test("dx/dt = -x(t - 1) after x = 1 is a polynomial on each unit of time", () => {
    const states = trajectory((_, past) => [-past![0]!], [1], {
      bins: 4,
      timeStep: 0.75,
      longestStep: 0.05,
      delay: 1,
    });
    const exact = (t: number) =>
      t <= 1 ? 1 - t : t <= 2 ? 1 - t + (t - 1) ** 2 / 2 : 1 - t + (t - 1) ** 2 / 2 - (t - 2) ** 3 / 6;
    for (let bin = 0; bin < 4; bin++) expect(states[bin]).toBeCloseTo(exact(0.75 * bin), 12);
  });
});
