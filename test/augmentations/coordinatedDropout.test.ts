import { dispose, mean, memory, mul, ones, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type CoordinatedDropoutOptions, coordinatedDropout, weightLoss } from "../../src/augmentations";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { randomValues, toTensor } from "../ops/differences";
import { batchOf, cube, drawsOf, indices } from "./support";

beforeAll(() => useBackend("cpu"));

/** Whether the share of ones is `p`, within 4 standard errors. */
function expectShare(values: readonly number[], p: number): void {
  const share = values.filter((value) => value === 1).length / values.length;
  expect(values.every((value) => value === 0 || value === 1)).toBe(true);
  expect(Math.abs(share - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / values.length));
}

/** What becomes of samples that are all 1: whether they go in, and whether their gradients pass. */
function masksOf(shape: [number, number, number], options: CoordinatedDropoutOptions) {
  const data = ones(shape);
  const { encode, gradientMask } = coordinatedDropout(options)(
    { encode: data, reconstruct: data },
    drawsOf(1),
  );
  expect([encode.shape, gradientMask!.shape]).toEqual([shape, shape]);
  const scale = Math.fround(1 / (1 - options.rate));
  return {
    kept: Array.from(encode.dataSync(), (x) => (x === scale ? 1 : x)),
    passed: Array.from(gradientMask!.dataSync()),
  };
}

describe("the masks of coordinated dropout", () => {
  test.each([0.1, 0.5, 0.9])("rate %d: gradients pass where the input is dropped", (rate) => {
    tidy(() => {
      const { kept, passed } = masksOf([20, 30, 40], { rate });
      expectShare(kept, 1 - rate);
      expect(passed).toEqual(kept.map((keep) => 1 - keep));
    });
  });

  test.each([0.2, 1])("pass rate %d: so do some where it is not", (passRate) => {
    tidy(() => {
      const { kept, passed } = masksOf([10, 10, 200], { rate: 0.3, passRate });
      expectShare(kept, 0.7);
      expectShare(
        passed.filter((_, i) => kept[i] === 1),
        passRate,
      );
      expectShare(
        passed.filter((_, i) => kept[i] === 0),
        1,
      );
    });
  });

  test("rate 0 keeps and passes everything", () => {
    tidy(() => {
      const { kept, passed } = masksOf([1, 2, 3], { rate: 0, passRate: 0 });
      expect([...kept, ...passed]).toEqual(new Array(12).fill(1));
    });
  });

  test("rates out of range", () => {
    for (const rate of [-0.1, 1, Number.NaN]) {
      expect(() => coordinatedDropout({ rate })).toThrow(
        `coordinatedDropout: rate must be in [0, 1), got ${rate}`,
      );
    }
    for (const passRate of [-0.1, 1.1, Number.NaN]) {
      expect(() => coordinatedDropout({ rate: 0.5, passRate })).toThrow(
        `coordinatedDropout: passRate must be in [0, 1], got ${passRate}`,
      );
    }
    for (const initialConditionBins of [-1, 0.5]) {
      expect(() => coordinatedDropout({ rate: 0.5, initialConditionBins })).toThrow(
        `coordinatedDropout: initialConditionBins must be a non-negative integer, got ${initialConditionBins}`,
      );
    }
  });
});

describe("coordinatedDropout", () => {
  const sizes = { trials: 6, bins: 7, channels: 5, forward: 3, heldOut: 2 };

  test.each([0, 1, 3])("with %d bins for the initial condition", (initialConditionBins) => {
    tidy(() => {
      const batch = batchOf(sizes);
      const augmented = coordinatedDropout({ rate: 0.4, initialConditionBins })(batch, drawsOf(2));
      const [before, after] = [cube(batch.encode), cube(augmented.encode)];
      const passes = cube(augmented.gradientMask);
      expect(augmented.gradientMask!.shape).toEqual(batch.reconstruct.shape);
      let [kept, dropped] = [0, 0];
      for (const [b, t, n] of indices(augmented.gradientMask!)) {
        const pass = passes[b]![t]![n]!;
        const where = `trial ${b}, bin ${t}, channel ${n}`;
        const value = after[b]![t]?.[n];
        if (value === undefined) {
          expect(pass, `held out or predicted: ${where}`).toBe(1);
        } else if (t < initialConditionBins) {
          expect([value, pass], `initial condition: ${where}`).toEqual([before[b]![t]![n], 1]);
        } else if (value === 0) {
          expect(pass, `dropped: ${where}`).toBe(1);
          dropped++;
        } else {
          expect(value, where).toBe(Math.fround(before[b]![t]![n]! / Math.fround(0.6)));
          expect(pass, `kept: ${where}`).toBe(0);
          kept++;
        }
      }
      expect(kept + dropped).toBe(6 * 5 * (7 - initialConditionBins));
      expect(Math.abs(dropped / (kept + dropped) - 0.4)).toBeLessThan(0.15);
      expect(augmented.reconstruct).toBe(batch.reconstruct);
      expect(augmented.lossWeight).toBeUndefined();
    });
  });

  test("the loss keeps its value to the bit, its gradient is zero where the input was kept", () => {
    const before = memory().numTensors;
    const batch = batchOf(sizes);
    const [encode, gradientMask] = tidy(() => {
      const augmented = coordinatedDropout({ rate: 0.4 })(batch, drawsOf(2));
      return [augmented.encode, augmented.gradientMask!];
    }) as [Tensor, Tensor];
    const loss = toTensor(randomValues("loss", batch.reconstruct.shape));
    const plain = tidy(() => mean(loss).arraySync());
    const { value, gradients } = valueAndGradients(
      () => tidy(() => mean(weightLoss(loss, { ...batch, gradientMask }))),
      { loss },
    );
    expect(value.arraySync()).toBe(plain);
    const slope = Math.fround(1 / loss.size);
    const passes = gradientMask.dataSync();
    Array.from(gradients.loss!.dataSync()).forEach((g, i) => {
      expect(g).toBe(passes[i] === 1 ? slope : 0);
    });
    dispose([batch.encode, batch.reconstruct, encode, gradientMask]);
    dispose([loss, value, gradients.loss!]);
    expect(memory().numTensors).toBe(before);
  });

  test("rate 0 changes nothing", () => {
    tidy(() => {
      const batch = batchOf(sizes);
      const augmented = coordinatedDropout({ rate: 0, initialConditionBins: 1 })(batch, drawsOf(2));
      expect(cube(augmented.encode)).toEqual(cube(batch.encode));
      expect(augmented.gradientMask!.dataSync().every((pass) => pass === 1)).toBe(true);
    });
  });

  test("the input keeps its mean", () => {
    tidy(() => {
      const batch = batchOf({ trials: 100, bins: 20, channels: 20 });
      const augmented = coordinatedDropout({ rate: 0.5 })(batch, drawsOf(3));
      const [plain, dropped] = [batch.encode, augmented.encode].map((x) => mean(x).dataSync()[0]!);
      expect(Math.abs(dropped! / plain! - 1)).toBeLessThan(0.03);
    });
  });

  test("a mask that is there already stays", () => {
    tidy(() => {
      const batch = batchOf(sizes);
      const gradientMask = drawsOf(4).bernoulli("own", batch.reconstruct.shape, 0.5);
      const run = (own: object) =>
        coordinatedDropout({ rate: 0.5 })({ ...batch, ...own }, drawsOf(2)).gradientMask!;
      expect(cube(run({ gradientMask }))).toEqual(cube(mul(run({}), gradientMask)));
    });
  });

  test("other implementations: masks from the first bin, masks of everything", () => {
    tidy(() => {
      const batch = batchOf(sizes);
      const options = { rate: 0.4, initialConditionBins: 2 };
      const own = coordinatedDropout(options)(batch, drawsOf(2));
      const torch = coordinatedDropout({ ...options, compatibility: { maskFromFirstBin: true } });
      const shifted = torch(batch, drawsOf(2));
      const corner = (x: Tensor, from: number) => cube(slice(x, [0, from, 0], [-1, 5, 5]));
      expect(cube(shifted.encode)).toEqual(cube(own.encode));
      expect(corner(shifted.gradientMask!, 0)).toEqual(corner(own.gradientMask!, 2));
      const last = slice(shifted.gradientMask!, [0, 5, 0], [-1, -1, -1]).dataSync();
      expect(last.every((pass) => pass === 1)).toBe(true);

      const everything = coordinatedDropout({ rate: 0.4, compatibility: { maskAll: true } });
      const all = everything(batch, drawsOf(2));
      const mask = drawsOf(2).bernoulli("cd_input", batch.reconstruct.shape, 0.6);
      expect([...all.gradientMask!.dataSync()]).toEqual([...mask.dataSync()].map((keep) => 1 - keep));
      const kept = slice(mask, [0, 0, 0], [-1, 7, 5]).dataSync();
      all.encode.dataSync().forEach((value, i) => {
        expect(value === 0).toBe(kept[i] === 0);
      });
    });
  });
});
