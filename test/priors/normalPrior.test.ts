import { dispose, memory, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { streamDraws } from "../../src/ops";
import { normalPrior, nullPrior } from "../../src/priors";
import { RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { checkGradients, randomValues, relativeError, toTensor } from "../ops/differences";
import { divergence, positive } from "../ops/divergences";

beforeAll(() => useBackend("cpu"));

const draws = streamDraws(RandomStream.fromSeed("normal prior"));

/** Divergence of N(m, s^2) from N(mp, vp) by integration. */
function integrated(m: number, s: number, mp: number, vp: number): number {
  const steps = 4000;
  const width = 20 / steps;
  let total = 0;
  for (let i = 0; i < steps; i++) {
    const e = -10 + (i + 0.5) * width;
    const x = m + s * e;
    const logQ = -0.5 * e * e - Math.log(s);
    const logP = -0.5 * ((x - mp) ** 2 / vp + Math.log(vp));
    total += (Math.exp(-0.5 * e * e) / Math.sqrt(2 * Math.PI)) * (logQ - logP) * width;
  }
  return total;
}

describe("normalPrior", () => {
  test.each([[[6, 3]], [[4, 5, 3]]])(
    "divergence of %j is the integral, a mean over all but the last axis",
    (shape) => {
      const prior = normalPrior();
      const size = shape.at(-1)!;
      const inputs = {
        mean: randomValues("mean", shape),
        std: positive(randomValues("std", shape)),
        priorMean: randomValues("prior mean", [size]),
        logvar: randomValues("logvar", [size]),
      };
      const rows = inputs.mean.data.length / size;
      checkGradients(
        ({ mean, std, priorMean, logvar }) => ({
          divergence: prior.divergence(
            { mean: priorMean!, logvar: logvar! },
            { mean: mean!, std: std! },
            draws,
            "kl",
          ),
        }),
        (values) => ({ divergence: [divergence(values)] }),
        inputs,
      );
      const [m, s] = [inputs.mean.data, inputs.std.data];
      const sum = m.reduce((total, mean, i) => {
        const [mp, lv] = [inputs.priorMean.data[i % size]!, inputs.logvar.data[i % size]!];
        return total + integrated(mean, s[i]!, mp, Math.exp(lv));
      }, 0);
      tidy(() => {
        const value = prior.divergence(
          { mean: toTensor(inputs.priorMean), logvar: toTensor(inputs.logvar) },
          { mean: toTensor(inputs.mean), std: toTensor(inputs.std) },
          draws,
          "kl",
        );
        expect(value.shape).toEqual([]);
        expect(relativeError(value.dataSync(), [sum / rows])).toBeLessThan(1e-5);
      });
    },
  );

  test("starts at its options, with the variance frozen", () => {
    const before = memory().numTensors;
    const parameters = normalPrior({ mean: 0.5, variance: 2 }).init(3);
    expect(Object.keys(parameters)).toEqual(["mean", "logvar"]);
    expect([...parameters.mean!.dataSync()]).toEqual([0.5, 0.5, 0.5]);
    expect(relativeError(parameters.logvar!.dataSync(), new Array(3).fill(Math.log(2)))).toBeLessThan(1e-7);
    expect(normalPrior().frozen).toEqual(["logvar"]);
    const defaults = normalPrior().init(1);
    expect(defaults.mean!.dataSync()[0]).toBe(0);
    expect(defaults.logvar!.dataSync()[0]).toBe(Math.fround(Math.log(0.1)));
    dispose([...Object.values(parameters), ...Object.values(defaults)]);
    expect(memory().numTensors).toBe(before);
  });

  test("zero for a posterior that is the prior, positive otherwise", () => {
    tidy(() => {
      const prior = normalPrior({ mean: -0.3, variance: 0.7 });
      const parameters = prior.init(2);
      const at = (mean: number, std: number) => {
        const of = (value: number) => toTensor({ data: new Array(8).fill(value), shape: [4, 2] });
        return prior.divergence(parameters, { mean: of(mean), std: of(std) }, draws, "kl").dataSync()[0]!;
      };
      expect(Math.abs(at(-0.3, Math.sqrt(0.7)))).toBeLessThan(1e-6);
      for (const [m, s] of [
        [-0.2, 0.84],
        [-0.3, 0.9],
        [-0.3, 0.7],
      ] as const) {
        expect(at(m, s)).toBeGreaterThan(1e-3);
      }
    });
  });

  test.each([0, -1, Infinity, Number.NaN])("a variance of %d is an error", (variance) => {
    expect(() => normalPrior({ variance })).toThrow(
      `normalPrior: variance must be a positive number, got ${variance}`,
    );
  });

  test("posterior noise is the named draw", () => {
    tidy(() => {
      const noise = normalPrior().noise(draws, "ic", [3, 2]);
      expect(noise.arraySync()).toEqual(draws.normal("ic", [3, 2]).arraySync());
    });
  });
});

test("nullPrior scores nothing and has no parameters", () => {
  tidy(() => {
    const prior = nullPrior();
    expect(prior.init(3)).toEqual({});
    const posterior = { mean: toTensor(randomValues("m", [2, 3])), std: toTensor(randomValues("s", [2, 3])) };
    expect(prior.divergence({}, posterior, draws, "kl").dataSync()[0]).toBe(0);
    expect(prior.noise(draws, "ic", [3, 2]).arraySync()).toEqual(draws.normal("ic", [3, 2]).arraySync());
  });
});
