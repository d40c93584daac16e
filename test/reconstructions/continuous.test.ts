import { dispose, memory, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  gamma,
  gaussian,
  meanSquaredError,
  type Reconstruction,
  zeroInflatedGamma,
} from "../../src/reconstructions";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import {
  checkGradients,
  type Named,
  randomValues,
  relativeError,
  toTensor,
  type Values,
} from "../ops/differences";
import { logGamma } from "../random/statistics";

beforeAll(() => useBackend("cpu"));

const [rows, channels] = [4, 3];
const shape = [rows, channels];

/** The numbers of parameter `block` for element `i` of the data: blocks of channels, one after the other. */
function parameterOf({ data }: Values, blocks: number, block: number, i: number): number {
  const [row, channel] = [Math.floor(i / channels), i % channels];
  return data[row * blocks * channels + block * channels + channel]!;
}

/** Holds loss, mean and all gradients to functions of one element. */
function check(
  reconstruction: Reconstruction,
  data: Values,
  loss: (x: number, p: readonly number[], i: number, own: Named<Values>) => number,
  mean: (p: readonly number[], i: number, own: Named<Values>) => number,
  own: Named<Values> = {},
): void {
  const blocks = reconstruction.parametersPerChannel;
  const at = (readout: Values, i: number) =>
    Array.from({ length: blocks }, (_, block) => parameterOf(readout, blocks, block, i));
  checkGradients(
    ({ readout, ...parameters }) => ({
      loss: reconstruction.loss(toTensor(data), readout!, parameters),
      mean: reconstruction.mean(readout!, parameters),
    }),
    ({ readout, ...parameters }) => ({
      loss: data.data.map((x, i) => loss(x, at(readout!, i), i, parameters)),
      mean: data.data.map((_, i) => mean(at(readout!, i), i, parameters)),
    }),
    { readout: randomValues("readout", [rows, blocks * channels], 0.7), ...own },
    { outputs: 3e-6 },
  );
}

/** Integral of exp(-loss) x^power over (from, to), of one channel. */
function integral(
  reconstruction: Reconstruction,
  readout: readonly number[],
  own: Named<readonly number[]>,
  [from, to]: readonly [number, number],
  power: 0 | 1,
): number {
  const steps = 40_000;
  const width = (to - from) / steps;
  const x = Float32Array.from({ length: steps }, (_, i) => from + (i + 0.5) * width);
  return tidy(() => {
    const tiled = tensor(Array.from({ length: steps }, () => readout).flat(), [steps, readout.length]);
    const parameters = Object.fromEntries(
      Object.entries(own).map(([name, v]): [string, Tensor] => [name, tensor([...v], [v.length, 1])]),
    );
    const loss = reconstruction.loss(tensor(x, [steps, 1]), tiled, parameters).dataSync();
    let total = 0;
    for (let i = 0; i < steps; i++) total += Math.exp(-loss[i]!) * x[i]! ** power * width;
    return total;
  });
}

function meanOf(
  reconstruction: Reconstruction,
  readout: readonly number[],
  own: Named<readonly number[]> = {},
) {
  return tidy(() => {
    const parameters = Object.fromEntries(
      Object.entries(own).map(([name, v]): [string, Tensor] => [name, tensor([...v], [v.length, 1])]),
    );
    return reconstruction.mean(tensor([...readout], [1, readout.length]), parameters).dataSync()[0]!;
  });
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe("gaussian", () => {
  test("loss, mean and gradients", () => {
    check(
      gaussian(),
      randomValues("data", shape),
      (x, [mean, logvar]) => 0.5 * (logvar! + (x - mean!) ** 2 / Math.exp(logvar!)),
      ([mean]) => mean!,
    );
  });

  test("exp(-loss) is a density but for sqrt(2 pi), with this mean", () => {
    const readout = [0.7, -0.4];
    const constant = Math.sqrt(2 * Math.PI);
    expect(Math.abs(integral(gaussian(), readout, {}, [-9, 10], 0) / constant - 1)).toBeLessThan(1e-5);
    const mean = integral(gaussian(), readout, {}, [-9, 10], 1) / constant;
    expect(Math.abs(mean - meanOf(gaussian(), readout))).toBeLessThan(1e-5);
  });

  test("the variance has a floor, from below which the gradient leads back", () => {
    const logvar = -15;
    const readout = tensor([1, logvar], [1, 2]);
    const residual = 0.01;
    const { value, gradients } = valueAndGradients(
      () => tidy(() => sum(gaussian().loss(tensor([1 + residual], [1, 1]), readout, {}))),
      { readout },
    );
    expect(relativeError(value.dataSync(), [0.5 * (Math.log(1e-6) + residual ** 2 / 1e-6)])).toBeLessThan(
      1e-4,
    );
    const byVariance = 0.5 * (1e6 - residual ** 2 * 1e12);
    const slope = gradients.readout!.dataSync()[1]!;
    expect(slope).toBeLessThan(0);
    expect(relativeError([slope], [byVariance * Math.exp(logvar)])).toBeLessThan(1e-4);
    dispose([readout, value, gradients.readout!]);
  });
});

test("meanSquaredError", () => {
  check(
    meanSquaredError(),
    randomValues("data", shape),
    (x, [mean]) => (x - mean!) ** 2,
    ([mean]) => mean!,
  );
  const readout = tensor([1, 2]);
  const mean = meanSquaredError().mean(readout, {});
  readout.dispose();
  expect([...mean.dataSync()]).toEqual([1, 2]);
  mean.dispose();
});

describe("gamma", () => {
  const positive = { data: randomValues("data", shape).data.map((x) => Math.fround(Math.exp(x))), shape };

  test("loss, mean and gradients", () => {
    check(
      gamma(),
      positive,
      (x, [logShape, logRate]) => {
        const [a, b] = [Math.exp(logShape!), Math.exp(logRate!)];
        return b * x - (a - 1) * Math.log(x) - a * logRate! + logGamma(a);
      },
      ([logShape, logRate]) => Math.exp(logShape! - logRate!),
    );
  });

  test("exp(-loss) is a density with this mean", () => {
    const readout = [1.2, 0.3];
    expect(Math.abs(integral(gamma(), readout, {}, [0, 25], 0) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(integral(gamma(), readout, {}, [0, 25], 1) - meanOf(gamma(), readout))).toBeLessThan(
      1e-5,
    );
  });
});

describe("zeroInflatedGamma", () => {
  const loc = 0.1;
  const data = {
    data: randomValues("data", shape).data.map((x, i) => (i % 3 === 0 ? 0 : Math.fround(loc + Math.exp(x)))),
    shape,
  };
  const scale = { data: [1.5, 3, 0.7, 2, 0.4, 1].map(Math.fround), shape: [2, channels] };

  test("loss, mean and gradients, scales included", () => {
    const distribution = (p: readonly number[], i: number, own: Named<Values>) => {
      const [a, b, q] = p.map(sigmoid) as [number, number, number];
      const scales = own.scale!.data;
      return { a: a * scales[i % channels]!, b: b * scales[channels + (i % channels)]!, q };
    };
    check(
      zeroInflatedGamma({ loc }),
      data,
      (x, p, i, own) => {
        const { a, b, q } = distribution(p, i, own);
        if (x === 0) return -Math.log(1 - q);
        return b * (x - loc) - (a - 1) * Math.log(x - loc) - a * Math.log(b) + logGamma(a) - Math.log(q);
      },
      (p, i, own) => {
        const { a, b, q } = distribution(p, i, own);
        return q * (a / b + loc);
      },
      { scale },
    );
  });

  test("probabilities sum to 1, with this mean", () => {
    const reconstruction = zeroInflatedGamma({ loc });
    const [readout, own] = [[0.5, 0.2, 0.9], { scale: [4, 3] }];
    const silent = tidy(() =>
      Math.exp(
        -reconstruction
          .loss(tensor([0], [1, 1]), tensor(readout, [1, 3]), { scale: tensor(own.scale, [2, 1]) })
          .dataSync()[0]!,
      ),
    );
    expect(Math.abs(silent - (1 - sigmoid(0.9)))).toBeLessThan(1e-6);
    const active = integral(reconstruction, readout, own, [loc, 20], 0);
    expect(Math.abs(silent + active - 1)).toBeLessThan(1e-4);
    const mean = integral(reconstruction, readout, own, [loc, 20], 1);
    expect(Math.abs(mean - meanOf(reconstruction, readout, own))).toBeLessThan(1e-4);
  });

  test("parameters and their penalty", () => {
    const before = memory().numTensors;
    const reconstruction = zeroInflatedGamma({ scale: 2, scalePrior: 0.5, penalty: 0.3 });
    const own = reconstruction.init!(3);
    expect(own.scale!.arraySync()).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    const penalty = tidy(() => reconstruction.penalty!(own));
    expect(relativeError(penalty.dataSync(), [0.5 * 0.3 * 6 * 1.5 ** 2])).toBeLessThan(1e-6);
    const none = zeroInflatedGamma();
    const unscaled = none.init!(1);
    expect(unscaled.scale!.arraySync()).toEqual([[1], [1]]);
    tidy(() => {
      expect(none.penalty!({ scale: tensor([[3], [4]]) }).dataSync()[0]).toBe(0);
    });
    dispose([own.scale!, unscaled.scale!, penalty]);
    expect(memory().numTensors).toBe(before);
  });

  test("saturated readouts give no NaN, in the loss or its gradient", () => {
    const reconstruction = zeroInflatedGamma({ loc });
    const extremes = [-200, -20, 20, 200];
    const readouts = extremes.flatMap((a) => extremes.flatMap((b) => extremes.map((q) => [a, b, q])));
    tidy(() => {
      const losses = reconstruction.loss(
        tensor([[0], [0]]),
        tensor([
          [0, 0, 20],
          [0, 0, -200],
        ]),
        {
          scale: tensor([[1], [1]]),
        },
      );
      const [large, floored] = losses.dataSync();
      expect(relativeError([large!], [20])).toBeLessThan(1e-6);
      expect(relativeError([floored!], [1e-5], 1e-5)).toBeLessThan(1e-4);
    });
    for (const x of [0, 0.5, 3]) {
      const readout = tensor(readouts);
      const scale = tensor([[1], [1]]);
      const { value, gradients } = valueAndGradients(
        () =>
          tidy(() => {
            const many = tensor(new Array(readouts.length).fill(x), [readouts.length, 1]);
            return sum(reconstruction.loss(many, readout, { scale }));
          }),
        { readout, scale },
      );
      expect(Number.isNaN(value.dataSync()[0]), `loss of ${x}`).toBe(false);
      expect(gradients.readout!.dataSync().some(Number.isNaN), `gradient of ${x}`).toBe(false);
      expect(gradients.scale!.dataSync().some(Number.isNaN), `gradient by the scale of ${x}`).toBe(false);
      dispose([readout, scale, value, ...Object.values(gradients)]);
    }
  });
});

test("parameters for each channel, none of counts", () => {
  const all = [gaussian(), meanSquaredError(), gamma(), zeroInflatedGamma()];
  expect(all.map(({ parametersPerChannel }) => parametersPerChannel)).toEqual([2, 1, 2, 3]);
  expect(all.map(({ counts }) => counts)).toEqual([false, false, false, false]);
});
