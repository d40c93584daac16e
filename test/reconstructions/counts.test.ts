import { dispose, mul, sum, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { poisson, poissonBitsPerSpike } from "../../src/reconstructions";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { checkGradients, randomValues, relativeError, toTensor } from "../ops/differences";
import { logGamma } from "../random/statistics";

beforeAll(() => useBackend("cpu"));

const shape = [2, 4, 3];
const counts = [0, 1, 2, 0, 5, 1, 0, 0, 3, 1, 12, 0, 0, 4, 1, 1, 0, 2, 0, 0, 7, 1, 0, 30];

function stirling(k: number): number {
  return k > 1 ? k * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI * k) : 0;
}

describe("poisson", () => {
  const data = () => tensor(counts, shape);

  test("loss is the negative log-likelihood, with Stirling's approximation of log k!", () => {
    const inputs = { readout: randomValues("readout", shape) };
    checkGradients(
      ({ readout }) => ({ loss: poisson().loss(data(), readout!, {}), mean: poisson().mean(readout!, {}) }),
      ({ readout }) => ({
        loss: readout!.data.map((o, i) => Math.exp(o) - counts[i]! * o + stirling(counts[i]!)),
        mean: readout!.data.map(Math.exp),
      }),
      inputs,
    );
  });

  test("the approximation is off by less than 1 / (12 k)", () => {
    const k = [0, 1, 2, 3, 5, 10, 100];
    tidy(() => {
      const loss = poisson()
        .loss(tensor(k), tensor(k.map(() => 0)), {})
        .dataSync();
      k.forEach((count, i) => {
        const exact = 1 + logGamma(count + 1);
        expect(exact - loss[i]!).toBeGreaterThan(-1e-6 * exact);
        expect(exact - loss[i]!).toBeLessThan(count === 0 ? 1e-6 : 1 / (12 * count) + 1e-6 * exact);
      });
    });
  });

  test("extreme log-rates: finite where the loss is, never NaN", () => {
    const readout = tensor([-1000, -1000, -90, 80, 80, 1000]);
    const k = tensor([0, 3, 0, 0, 1e6, 3]);
    const loss = tidy(() => poisson().loss(k, readout, {}).dataSync());
    expect(relativeError(loss.slice(0, 3), [0, 3000 + stirling(3), 0])).toBeLessThan(1e-6);
    expect(Number.isFinite(loss[3]) && Number.isFinite(loss[4])).toBe(true);
    expect(loss[5]).toBe(Infinity);
    const { value, gradients } = valueAndGradients(() => tidy(() => sum(poisson().loss(k, readout, {}))), {
      readout,
    });
    const slopes = gradients.readout!.dataSync();
    expect(relativeError(slopes.slice(0, 3), [0, -3, 0])).toBeLessThan(1e-6);
    expect(slopes.some(Number.isNaN)).toBe(false);
    dispose([readout, k, value, gradients.readout!]);
  });

  test("one parameter for each channel, of counts", () => {
    expect([poisson().parametersPerChannel, poisson().counts]).toEqual([1, true]);
    expect([poissonBitsPerSpike().parametersPerChannel, poissonBitsPerSpike().counts]).toEqual([1, true]);
  });
});

describe("poissonBitsPerSpike", () => {
  const channels = shape[2]!;
  const means = Array.from({ length: channels }, (_, c) => {
    const own = counts.filter((_, i) => i % channels === c);
    return own.reduce((total, k) => total + k, 0) / own.length;
  });
  const spikes = counts.reduce((total, k) => total + k, 0);
  const logLikelihood = (rate: (i: number) => number) =>
    counts.reduce((total, k, i) => total + k * Math.log(rate(i)) - rate(i) - logGamma(k + 1), 0);

  test("its mean is minus the bits per spike", () => {
    const readout = randomValues("readout", shape, 0.5);
    const model = logLikelihood((i) => Math.exp(readout.data[i]!));
    const nullModel = logLikelihood((i) => means[i % channels]!);
    tidy(() => {
      const loss = poissonBitsPerSpike().loss(tensor(counts, shape), toTensor(readout), {});
      expect(loss.shape).toEqual(shape);
      const mean = sum(loss).dataSync()[0]! / counts.length;
      expect(relativeError([mean], [-(model - nullModel) / (Math.LN2 * spikes)])).toBeLessThan(1e-5);
      const same = tensor(
        counts.map((_, i) => Math.log(means[i % channels]!)),
        shape,
      );
      const zero = sum(poissonBitsPerSpike().loss(tensor(counts, shape), same, {})).dataSync()[0]!;
      expect(Math.abs(zero)).toBeLessThan(1e-4);
    });
  });

  test("gradients", () => {
    const scale = Math.LN2 * (spikes / counts.length);
    checkGradients(
      ({ readout }) => ({ loss: poissonBitsPerSpike().loss(tensor(counts, shape), readout!, {}) }),
      ({ readout }) => ({
        loss: readout!.data.map((o, i) => {
          const [k, mean] = [counts[i]!, means[i % channels]!];
          return (Math.exp(o) - k * o - (mean - k * Math.log(mean + 1e-8))) / scale;
        }),
      }),
      { readout: randomValues("readout", shape) },
    );
  });

  test("samples that were not observed count for nothing", () => {
    const seen = counts.map((_, i) => (i % 5 === 0 ? 0 : 1));
    const own = (channel: number) => counts.filter((_, i) => i % channels === channel && seen[i] === 1);
    const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const scale = Math.LN2 * average(counts.filter((_, i) => seen[i] === 1));
    const standIn = counts.map((k, i) => (seen[i] === 1 ? k : 10));
    checkGradients(
      ({ readout }) => ({
        loss: mul(
          poissonBitsPerSpike().loss(tensor(standIn, shape), readout!, {}, tensor(seen, shape)),
          tensor(seen, shape),
        ),
      }),
      ({ readout }) => ({
        loss: readout!.data.map((o, i) => {
          const [k, mean] = [counts[i]!, average(own(i % channels))];
          return (seen[i]! * (Math.exp(o) - k * o - (mean - k * Math.log(mean + 1e-8)))) / scale;
        }),
      }),
      { readout: randomValues("readout", shape) },
    );
    tidy(() => {
      const torch = poissonBitsPerSpike({ compatibility: { averageMissing: true } });
      const [data, readout] = [tensor(standIn, shape), toTensor(randomValues("readout", shape))];
      const all = torch.loss(data, readout, {}, tensor(seen, shape)).dataSync();
      expect(all).toEqual(poissonBitsPerSpike().loss(data, readout, {}).dataSync());
    });
  });

  test("a silent channel costs its rate", () => {
    tidy(() => {
      const loss = poissonBitsPerSpike().loss(tensor([0, 2, 0, 4], [2, 2]), tensor([0, 1, 0, 1], [2, 2]), {});
      const expected = 1 / (Math.LN2 * 1.5);
      expect(relativeError([loss.dataSync()[0]!, loss.dataSync()[2]!], [expected, expected])).toBeLessThan(
        1e-6,
      );
    });
  });
});
