import { dispose, memory, tidy, tile } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { streamDraws } from "../../src/ops";
import { autoregressivePrior } from "../../src/priors";
import { RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { checkGradients, randomValues, relativeError, toTensor, type Values } from "../ops/differences";
import { estimate, positive } from "../ops/divergences";
import { mean, variance } from "../random/statistics";

beforeAll(() => useBackend("cpu"));

const stream = RandomStream.fromSeed("autoregressive prior");
const draws = streamDraws(stream);
const [bins, size] = [5, 2];

const posterior = {
  mean: randomValues("mean", [1, bins, size], 0.5),
  std: positive(randomValues("std", [1, bins, size])),
};
const parameters = {
  logtaus: { data: [Math.log(3), Math.log(0.8)].map(Math.fround), shape: [size] },
  lognvars: { data: [Math.log(0.2), Math.log(0.5)].map(Math.fround), shape: [size] },
};

/** The exact divergence: both are multivariate normal. */
function exact(m: readonly number[], s: readonly number[]): number {
  let total = 0;
  for (let d = 0; d < size; d++) {
    const a = Math.exp(-1 / Math.exp(parameters.logtaus.data[d]!));
    const v = Math.exp(parameters.lognvars.data[d]!);
    const [mu, sd] = [m, s].map((x) => x.filter((_, i) => i % size === d)) as [number[], number[]];
    let squares = ((mu[0]! ** 2 + sd[0]! ** 2) * (1 - a * a)) / v;
    for (let t = 1; t < bins; t++) {
      squares += (sd[t]! ** 2 + a * a * sd[t - 1]! ** 2 + (mu[t]! - a * mu[t - 1]!) ** 2) / v;
    }
    const logDetP = bins * Math.log(v) - Math.log(1 - a * a);
    const logDetQ = sd.reduce((sum, x) => sum + 2 * Math.log(x), 0);
    total += 0.5 * (squares - bins + logDetP - logDetQ);
  }
  return total;
}

describe("autoregressivePrior", () => {
  test("the estimate's mean over many draws is the exact divergence", () => {
    const trials = 1000;
    const estimates = Array.from({ length: 40 }, (_, i) =>
      tidy(() => {
        const many = (v: Values) => tile(toTensor(v), [trials, 1, 1]);
        const own = Object.fromEntries(Object.entries(parameters).map(([name, v]) => [name, toTensor(v)]));
        const both = { mean: many(posterior.mean), std: many(posterior.std) };
        return autoregressivePrior().divergence(own, both, draws, `kl${i}`).dataSync()[0]!;
      }),
    );
    const expected = exact(posterior.mean.data, posterior.std.data);
    const error = Math.sqrt(variance(estimates) / estimates.length);
    expect(error / expected).toBeLessThan(0.005);
    expect(Math.abs(mean(estimates) - expected)).toBeLessThan(4 * error);
  });

  test.each([[[3, 4, 2]], [[1, 1, 3]], [[2, 1, 1]], [[2, 2, 1]]])(
    "estimate and gradients for %j",
    (shape) => {
      const D = shape.at(-1)!;
      const noise = tidy(() => draws.normal("kl", shape).dataSync().slice());
      checkGradients(
        ({ mean, std, logtaus, lognvars }) => ({
          divergence: autoregressivePrior().divergence(
            { logtaus: logtaus!, lognvars: lognvars! },
            { mean: mean!, std: std! },
            draws,
            "kl",
          ),
        }),
        (values) => ({ divergence: [estimate(values, noise)] }),
        {
          mean: randomValues("mean", shape),
          std: positive(randomValues("std", shape)),
          logtaus: randomValues("logtaus", [D]),
          lognvars: randomValues("lognvars", [D]),
        },
      );
    },
  );

  test("zero, draw by draw, for a posterior that is the prior: white noise", () => {
    tidy(() => {
      const prior = autoregressivePrior({ tau: 0.02, variance: 0.3 });
      const of = (value: number) => toTensor({ data: new Array(24).fill(value), shape: [3, 4, 2] });
      const both = { mean: of(0), std: of(Math.sqrt(0.3)) };
      expect(Math.abs(prior.divergence(prior.init(2), both, draws, "kl").dataSync()[0]!)).toBeLessThan(1e-5);
    });
  });

  test("starts at its options, everything trained", () => {
    const before = memory().numTensors;
    const made = autoregressivePrior({ tau: 5, variance: 0.4 }).init(2);
    const defaults = autoregressivePrior().init(1);
    expect(Object.keys(made)).toEqual(["logtaus", "lognvars"]);
    expect(relativeError(made.logtaus!.dataSync(), [Math.log(5), Math.log(5)])).toBeLessThan(1e-6);
    expect(relativeError(made.lognvars!.dataSync(), [Math.log(0.4), Math.log(0.4)])).toBeLessThan(1e-6);
    expect(relativeError(defaults.logtaus!.dataSync(), [Math.log(10)])).toBeLessThan(1e-6);
    expect(relativeError(defaults.lognvars!.dataSync(), [Math.log(0.1)])).toBeLessThan(1e-6);
    expect(autoregressivePrior().frozen).toEqual([]);
    dispose([...Object.values(made), ...Object.values(defaults)]);
    expect(memory().numTensors).toBe(before);
  });

  test("bad options and a posterior without bins", () => {
    for (const value of [0, -1, Number.NaN, Infinity]) {
      expect(() => autoregressivePrior({ tau: value })).toThrow(
        `autoregressivePrior: tau must be a positive number, got ${value}`,
      );
      expect(() => autoregressivePrior({ variance: value })).toThrow(
        `autoregressivePrior: variance must be a positive number, got ${value}`,
      );
    }
    tidy(() => {
      const prior = autoregressivePrior();
      const flat = toTensor(randomValues("flat", [3, 2]));
      expect(() => prior.divergence(prior.init(2), { mean: flat, std: flat }, draws, "kl")).toThrow(
        "autoregressivePrior: needs a posterior [trials, bins, size], got [3,2]",
      );
    });
  });
});
