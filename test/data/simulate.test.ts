import { describe, expect, test } from "vitest";
import {
  type Dataset,
  simulateChaoticRnn,
  simulateLorenz,
  type TrialSet,
  validateDataset,
} from "../../src/data";
import { rnnTrajectory, tanh } from "../../src/data/simulate/rnnTrajectory";
import { lorenzDerivative } from "../../src/data/simulate/systems/lorenz";
import { trajectory } from "../../src/data/simulate/trajectory";
import { normal, RandomStream } from "../../src/random";
import { digests } from "./digests";

const mean = (data: ArrayLike<number>) => Array.from(data).reduce((a, b) => a + b, 0) / data.length;
function sd(data: ArrayLike<number>): number {
  const center = mean(data);
  return Math.sqrt(mean(Array.from(data, (x) => (x - center) ** 2)));
}
const column = (data: ArrayLike<number>, columns: number, k: number) =>
  Array.from(data).filter((_, i) => i % columns === k);

/** All trials, in the order before the split. */
function unsplit({ train, valid }: Dataset, field: (set: TrialSet) => ArrayLike<number>): number[][] {
  const rows: number[][] = [];
  for (const set of [train, valid]) {
    const data = Array.from(field(set));
    const inds = set.extras!.inds!.data;
    const size = data.length / inds.length;
    inds.forEach((ind, row) => {
      rows[ind] = data.slice(row * size, (row + 1) * size);
    });
  }
  return rows;
}

/** Counts k of rates r: sum (k - r) has variance sum r, and sum ((k - r)^2 - r) variance sum (2 r^2 + r). */
function expectPoisson({ train, valid }: Dataset): void {
  let [difference, dispersion, rates, squares] = [0, 0, 0, 0];
  for (const { reconstruct, truth } of [train, valid]) {
    reconstruct.data.forEach((count, i) => {
      const rate = truth!.data[i]!;
      difference += count - rate;
      dispersion += (count - rate) ** 2 - rate;
      rates += rate;
      squares += rate * rate;
    });
  }
  expect(rates).toBeGreaterThan(1000);
  expect(Math.abs(difference)).toBeLessThan(4 * Math.sqrt(rates));
  expect(Math.abs(dispersion)).toBeLessThan(4 * Math.sqrt(2 * squares + rates));
}

const lorenzTrajectory = (start: readonly number[], bins: number, timeStep: number) =>
  trajectory(lorenzDerivative(8 / 3), start, { bins, timeStep });

describe("trajectory of the Lorenz system", () => {
  test("obeys the equations: central differences", () => {
    const h = 1e-4;
    const states = lorenzTrajectory([-8, 7, 27], 5000, h);
    for (let t = 1; t < 4999; t += 7) {
      const [x, y, z] = states.subarray(3 * t) as unknown as [number, number, number];
      const change = [10 * (y - x), x * (28 - z) - y, x * y - (8 / 3) * z];
      for (let k = 0; k < 3; k++) {
        const difference = (states[3 * (t + 1) + k]! - states[3 * (t - 1) + k]!) / (2 * h);
        expect(Math.abs(difference - change[k]!)).toBeLessThan(1e-3);
      }
    }
  });

  test("is exact where the solution is known, and does not depend on the length of bins", () => {
    const settled = lorenzTrajectory([0, 0, 3], 11, 0.1); // on the z axis: z = 3 exp(-8/3 t)
    for (let t = 0; t < 11; t++) expect(settled[3 * t + 2]).toBeCloseTo(3 * Math.exp((-8 / 3) * 0.1 * t), 12);
    const fixed = Math.sqrt(72); // x = y = sqrt(beta (rho - 1)), z = rho - 1
    expect(
      Array.from(lorenzTrajectory([fixed, fixed, 27], 2, 1).subarray(3)).map((x) => x.toFixed(9)),
    ).toEqual([fixed, fixed, 27].map((x) => x.toFixed(9)));
    const fine = lorenzTrajectory([1, 2, 20], 101, 0.01);
    const coarse = lorenzTrajectory([1, 2, 20], 11, 0.1);
    for (let k = 0; k < 3; k++) expect(coarse[30 + k]).toBeCloseTo(fine[300 + k]!, 9);
  });
});

describe("simulateLorenz", () => {
  const options = { conditions: 20, trialsPerCondition: 10, bins: 100, channels: 12, seed: 3 };
  const dataset = simulateLorenz(options);

  test("has the shapes, the split and the labels", () => {
    validateDataset(dataset);
    const { train, valid, attributes } = dataset;
    expect(train.encode.shape).toEqual([160, 100, 12]);
    expect(valid.truth!.shape).toEqual([40, 100, 12]);
    expect(valid.extras!.latents!.shape).toEqual([40, 100, 3]);
    expect(Array.from(valid.extras!.inds!.data)).toEqual(Array.from({ length: 40 }, (_, i) => 5 * i + 4));
    expect(Array.from(valid.extras!.cond_idx!.data)).toEqual(Array.from({ length: 40 }, (_, i) => i >> 1));
    expect(attributes).toEqual({ bin_ms: 10, n_heldin: 12, note: "simulated: Lorenz system" });
  });

  test("latents are standardised and follow the Lorenz equations", () => {
    const { latents } = simulateLorenz({ conditions: 500, trialsPerCondition: 1, bins: 200, channels: 1 })
      .train.extras!;
    for (let k = 0; k < 3; k++) {
      const values = column(latents!.data, 3, k);
      // Mean and standard deviation of the attractor, in the units of the published sets.
      expect(Math.abs(mean(values) - [0, 0, (23.54 - 25.8) / 7.2][k]!)).toBeLessThan(0.1);
      expect(Math.abs(sd(values) - [7.92 / 8.6, 9.01 / 9.4, 8.63 / 7.2][k]!)).toBeLessThan(0.05);
    }
    const raw = (i: number, k: number) => latents!.data[3 * i + k]! * [8.6, 9.4, 7.2][k]! + [0, 0, 25.8][k]!;
    for (let i = 5; i < 195; i++) {
      const [x, y, z] = [raw(i, 0), raw(i, 1), raw(i, 2)] as const;
      const change = [10 * (y - x), x * (28 - z) - y, x * y - (8 / 3) * z];
      for (let k = 0; k < 3; k++) {
        const difference = (8 * (raw(i + 1, k) - raw(i - 1, k)) - (raw(i + 2, k) - raw(i - 2, k))) / 0.12; // fourth order, dt = 0.01
        expect(Math.abs(difference - change[k]!)).toBeLessThan(0.5); // of up to 500
      }
    }
  });

  test("log-rates are linear in the latents; each channel has the mean rate; trials of a condition share rates", () => {
    const rates = unsplit(dataset, ({ truth }) => truth!.data);
    const latents = unsplit(dataset, ({ extras }) => extras!.latents!.data);
    for (let channel = 0; channel < 12; channel++) {
      expect(mean(rates.flatMap((row) => column(row, 12, channel)))).toBeCloseTo(0.05, 6); // 5 / s, 10 ms
    }
    for (let trial = 0; trial < 200; trial++) expect(rates[trial]).toEqual(rates[trial - (trial % 10)]);
    // Solve w, b from four points of one channel; they must fit all others.
    const point = (i: number) => latents[Math.floor(i / 100) * 10]!.slice(3 * (i % 100), 3 * (i % 100) + 3);
    const logRate = (i: number) => Math.log(rates[Math.floor(i / 100) * 10]![12 * (i % 100) + 5]!);
    const rows = [0, 313, 777, 1550].map((i) => [...point(i), 1, logRate(i)]);
    const solution = solve(rows);
    for (let i = 0; i < 2000; i += 11) {
      const [w1, w2, w3, b] = solution as [number, number, number, number];
      const [z1, z2, z3] = point(i) as [number, number, number];
      expect(w1 * z1 + w2 * z2 + w3 * z3 + b).toBeCloseTo(logRate(i), 3);
    }
  });

  test("spikes are Poisson counts of the rates", () => {
    expectPoisson(dataset);
    const ten = simulateLorenz({ ...options, meanRate: 50, binSeconds: 0.02 });
    expectPoisson(ten);
    expect(mean(ten.train.truth!.data)).toBeCloseTo(1, 1);
  });

  test("the last channels are held out", () => {
    const { train } = simulateLorenz({ ...options, heldOut: 4 });
    expect(train.encode.shape).toEqual([160, 100, 8]);
    expect(digests(train.reconstruct)).toEqual(digests(dataset.train.reconstruct));
    expect(digests(train.encode.data)).toEqual(digests(train.reconstruct.data.filter((_, i) => i % 12 < 8)));
  });

  test("same seed, same data", () => {
    expect(digests(simulateLorenz(options))).toEqual(digests(dataset));
    expect(digests(simulateLorenz({ ...options, seed: 4 }).train.reconstruct.data)).not.toBe(
      digests(dataset.train.reconstruct.data),
    );
  });

  test.each([
    [{ bins: 0 }, "simulateLorenz: bins must be a whole number above 0, got 0"],
    [{ channels: 2.5 }, "simulateLorenz: channels must be a whole number above 0, got 2.5"],
    [{ meanRate: -1 }, "simulateLorenz: meanRate must be a finite number above 0, got -1"],
    [{ heldOut: 30 }, "simulateLorenz: heldOut must be a whole number from 0 to channels - 1, got 30"],
    [
      { conditions: 1, trialsPerCondition: 4 },
      "simulateLorenz: validEvery must be a whole number from 2 to the number of trials, got 5",
    ],
  ])("refuses %o", (bad, message) => {
    expect(() => simulateLorenz(bad)).toThrow(message);
  });
});

/** Gauss elimination of [A | b]. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, row) => (Math.abs(row[k]!) > Math.abs(best[k]!) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[k]! / pivot[k]!;
      for (let j = 0; j <= n; j++) row[j]! -= factor * pivot[j]!;
    }
  }
  return rows.map((row, k) => row[n]! / row[k]!);
}

describe("rnnTrajectory", () => {
  test("obeys tau dx/dt = -x + W tanh(x) + B u", () => {
    const units = 7;
    const stream = RandomStream.fromSeed(0);
    const weights = normal(stream, units * units);
    const inputWeights = normal(stream, units);
    const start = normal(stream, units);
    const input = Float32Array.from({ length: 20 }, (_, t) => (t === 6 ? 20 : 0));
    const [dt, tau] = [0.01, 0.025];
    const states = rnnTrajectory({ weights, inputWeights, rate: dt / tau }, start, input);
    const x = (t: number, i: number) => (t < 0 ? start[i]! : states[t * units + i]!);
    for (let t = 0; t < 20; t++) {
      for (let i = 0; i < units; i++) {
        let right = -x(t - 1, i) + inputWeights[i]! * input[t]!;
        for (let j = 0; j < units; j++) right += weights[i * units + j]! * Math.tanh(x(t - 1, j));
        expect(tau * ((x(t, i) - x(t - 1, i)) / dt)).toBeCloseTo(right, 10);
      }
    }
  });

  test("tanh", () => {
    for (const x of [0, -0, 1e-9, 0.3, -2, 30, -800, Infinity]) {
      expect(Math.abs(tanh(x) - Math.tanh(x))).toBeLessThan(1e-15);
    }
  });
});

describe("simulateChaoticRnn", () => {
  const options = { conditions: 20, trialsPerCondition: 10, bins: 100, channels: 30, seed: 5 };
  const dataset = simulateChaoticRnn(options);

  test("has the shapes, the split and the labels", () => {
    validateDataset(dataset);
    expect(dataset.train.encode.shape).toEqual([160, 100, 30]);
    expect(dataset.valid.truth!.shape).toEqual([40, 100, 30]);
    expect(Array.from(dataset.valid.extras!.cond_idx!.data)).toEqual(
      Array.from({ length: 40 }, (_, i) => i >> 1),
    );
    expect(Object.keys(dataset.train.extras!)).toEqual(["cond_idx", "inds"]);
    expect(dataset.attributes!.bin_ms).toBe(10);
  });

  test("rates reach from 0 to the highest rate in each trial and channel; conditions share rates", () => {
    const rates = unsplit(dataset, ({ truth }) => truth!.data);
    for (const row of rates) {
      for (let channel = 0; channel < 30; channel++) {
        const values = column(row, 30, channel);
        expect(Math.min(...values)).toBe(0);
        expect(Math.max(...values)).toBeCloseTo(0.3, 6); // 30 / s, 10 ms
      }
    }
    for (let trial = 0; trial < 200; trial++) expect(rates[trial]).toEqual(rates[trial - (trial % 10)]);
    expect(rates[0]).not.toEqual(rates[10]);
  });

  test("spikes are Poisson counts of the rates", () => {
    expectPoisson(dataset);
    expectPoisson(simulateChaoticRnn({ ...options, maxRate: 400 }));
  });

  test("activity goes on where the gain is above 1 and dies out below", () => {
    const late = (gain: number) => {
      const { truth } = simulateChaoticRnn({ ...options, gain, bins: 400 }).train;
      const last = truth!.data.slice(300 * 30, 400 * 30); // of the first trial
      return mean(Array.from({ length: 30 }, (_, k) => sd(column(last, 30, k))));
    };
    expect(late(2.5)).toBeGreaterThan(0.03);
    expect(late(0.5)).toBeLessThan(1e-4);
  });

  test("a pulse arrives once, in the middle half of each trial, and changes the rates from then on", () => {
    const { train, valid } = simulateChaoticRnn({ ...options, pulse: 20 });
    expect(train.extras!.inputs!.shape).toEqual([160, 100, 1]);
    const times = unsplit({ train, valid }, ({ extras }) => extras!.inputs!.data).map((row) => {
      expect(row.filter((u) => u !== 0)).toEqual([20]);
      return row.indexOf(20);
    });
    expect(Math.min(...times)).toBeGreaterThanOrEqual(25);
    expect(Math.max(...times)).toBeLessThan(75);
    expect(new Set(times).size).toBeGreaterThan(40);
    // Two trials of a condition, before scaling: equal until the first pulse. Scaling is linear, so ratios of
    // differences stay equal.
    const rates = unsplit({ train, valid }, ({ truth }) => truth!.data);
    const until = Math.min(times[0]!, times[1]!);
    const shape = (row: number[], t: number) => (row[30 * t]! - row[0]!) / (row[30 * (until - 1)]! - row[0]!);
    for (let t = 1; t < until; t++) expect(shape(rates[0]!, t)).toBeCloseTo(shape(rates[1]!, t), 2);
    expect(Math.abs(shape(rates[0]!, until + 2) - shape(rates[1]!, until + 2))).toBeGreaterThan(0.1);
  });

  test("same seed, same data", () => {
    expect(digests(simulateChaoticRnn(options))).toEqual(digests(dataset));
    expect(digests(simulateChaoticRnn({ ...options, seed: 6 }).train.truth!.data)).not.toBe(
      digests(dataset.train.truth!.data),
    );
  });

  test.each([
    [{ channels: 0 }, "simulateChaoticRnn: channels must be a whole number above 0, got 0"],
    [{ maxRate: 0 }, "simulateChaoticRnn: maxRate must be a finite number above 0, got 0"],
    [{ binSeconds: 0.05 }, "simulateChaoticRnn: binSeconds must not exceed timeConstant, got 0.05"],
    [{ pulse: 1, bins: 3 }, "simulateChaoticRnn: pulses need 4 bins, got 3"],
    [{ pulse: Infinity }, "simulateChaoticRnn: pulse must be finite, got Infinity"],
  ])("refuses %o", (bad, message) => {
    expect(() => simulateChaoticRnn(bad)).toThrow(message);
  });
});
