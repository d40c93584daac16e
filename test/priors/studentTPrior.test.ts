import { dispose, memory, tidy, tile } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { streamDraws } from "../../src/ops";
import { studentTPrior } from "../../src/priors";
import { RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { checkGradients, randomValues, relativeError, toTensor, type Values } from "../ops/differences";
import { kolmogorovP, logGamma, mean, variance } from "../random/statistics";

beforeAll(() => useBackend("cpu"));

const draws = streamDraws(RandomStream.fromSeed("student t prior"));

function logDensity(df: number): (x: number) => number {
  const constant = logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * Math.log(df * Math.PI);
  return (x) => constant - ((df + 1) / 2) * Math.log(1 + (x * x) / df);
}

/** Integral of `f` times the density, by x = tan(angle). */
function expectation(f: (x: number) => number, df: number): number {
  const steps = 20_000;
  const density = logDensity(df);
  let total = 0;
  for (let i = 0; i < steps; i++) {
    const angle = ((i + 0.5) / steps - 0.5) * Math.PI;
    const x = Math.tan(angle);
    total += (Math.exp(density(x)) * f(x) * Math.PI) / steps / Math.cos(angle) ** 2;
  }
  return total;
}

const size = 2;
const posterior = {
  mean: { data: [0.4, -1], shape: [1, size] },
  std: { data: [0.5, 1.7].map(Math.fround), shape: [1, size] },
};
const own = {
  loc: { data: [0.1, 0.6].map(Math.fround), shape: [size] },
  logscale: { data: [-0.3, 0.4].map(Math.fround), shape: [size] },
};

function exact(df: number): number {
  return [0, 1].reduce((total, d) => {
    const [m, s] = [posterior.mean.data[d]!, posterior.std.data[d]!];
    const [loc, scale] = [own.loc.data[d]!, Math.exp(own.logscale.data[d]!)];
    const density = logDensity(df);
    const ratio = (e: number) =>
      density(e) - Math.log(s) - (density((m + s * e - loc) / scale) - Math.log(scale));
    return total + expectation(ratio, df);
  }, 0);
}

describe("studentTPrior", () => {
  test.each([2, 5, 30])("%d degrees of freedom: the mean over many draws is the integral", (df) => {
    const estimates = Array.from({ length: 40 }, (_, i) =>
      tidy(() => {
        const many = (v: Values) => tile(toTensor(v), [2500, 1]);
        const parameters = { loc: toTensor(own.loc), logscale: toTensor(own.logscale) };
        const both = { mean: many(posterior.mean), std: many(posterior.std) };
        return studentTPrior({ df }).divergence(parameters, both, draws, `kl${i}`).dataSync()[0]!;
      }),
    );
    const expected = exact(df);
    const error = Math.sqrt(variance(estimates) / estimates.length);
    expect(error / expected).toBeLessThan(0.01);
    expect(Math.abs(mean(estimates) - expected)).toBeLessThan(4 * error);
  });

  test.each([[[4, 3]], [[2, 3, 2]]])("estimate and gradients for %j", (shape) => {
    const D = shape.at(-1)!;
    const df = 4;
    const density = logDensity(df);
    const noise = tidy(() => studentTPrior({ df }).noise(draws, "kl", shape).dataSync().slice());
    checkGradients(
      ({ mean, std, loc, logscale }) => ({
        divergence: studentTPrior({ df }).divergence(
          { loc: loc!, logscale: logscale! },
          { mean: mean!, std: std! },
          draws,
          "kl",
        ),
      }),
      ({ mean, std, loc, logscale }) => ({
        divergence: [
          mean!.data.reduce((total, m, i) => {
            const [s, scale] = [std!.data[i]!, Math.exp(logscale!.data[i % D]!)];
            const x = (m + s * noise[i]! - loc!.data[i % D]!) / scale;
            return total + density(noise[i]!) - Math.log(s) - density(x) + Math.log(scale);
          }, 0) /
            (mean!.data.length / D),
        ],
      }),
      {
        mean: randomValues("mean", shape),
        std: positive(randomValues("std", shape)),
        loc: randomValues("loc", [D]),
        logscale: randomValues("logscale", [D]),
      },
    );
  });

  test("zero, draw by draw, for a posterior that is the prior", () => {
    tidy(() => {
      const prior = studentTPrior({ loc: 0.2, scale: 0.7, df: 3 });
      const of = (value: number) => toTensor({ data: new Array(12).fill(value), shape: [4, 3] });
      const value = prior.divergence(prior.init(3), { mean: of(0.2), std: of(0.7) }, draws, "kl").dataSync();
      expect(Math.abs(value[0]!)).toBeLessThan(1e-6);
    });
  });

  test("posterior noise is Student-t", () => {
    const df = 3;
    const noise = tidy(() => studentTPrior({ df }).noise(draws, "noise", [200, 100]).dataSync().slice());
    const cdf = (x: number) => {
      const u = x / Math.sqrt(3);
      return 0.5 + (u / (1 + u * u) + Math.atan(u)) / Math.PI;
    };
    expect(kolmogorovP(noise, cdf)).toBeGreaterThan(1e-3);
  });

  test("starts at its options, everything trained", () => {
    const before = memory().numTensors;
    const made = studentTPrior({ loc: 0.5, scale: 2 }).init(2);
    const defaults = studentTPrior().init(1);
    expect(Object.keys(made)).toEqual(["loc", "logscale"]);
    expect([...made.loc!.dataSync()]).toEqual([0.5, 0.5]);
    expect(relativeError(made.logscale!.dataSync(), [Math.log(2), Math.log(2)])).toBeLessThan(1e-6);
    expect(defaults.loc!.dataSync()[0]).toBe(0);
    expect(relativeError(defaults.logscale!.dataSync(), [Math.log(0.3)])).toBeLessThan(1e-6);
    expect(studentTPrior().frozen).toEqual([]);
    dispose([...Object.values(made), ...Object.values(defaults)]);
    expect(memory().numTensors).toBe(before);
  });

  test.each([0, -1, Number.NaN, Infinity])("a scale or degrees of freedom of %d is an error", (value) => {
    expect(() => studentTPrior({ scale: value })).toThrow(
      `studentTPrior: scale must be a positive number, got ${value}`,
    );
    expect(() => studentTPrior({ df: value })).toThrow(
      `studentTPrior: df must be a positive number, got ${value}`,
    );
  });
});

function positive({ data, shape }: Values): Values {
  return { data: data.map((x) => Math.fround(Math.exp(0.5 * x - 1))), shape };
}
