import { div, mean, mul, slice, sub, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { heldOutLoss, sampleValidation, weightLoss } from "../../src/augmentations";
import { useBackend } from "../backend";
import { randomValues, relativeError, toTensor } from "../ops/differences";
import { batchOf, cube, drawsOf, indices } from "./support";

beforeAll(() => useBackend("cpu"));

const sizes = { trials: 6, bins: 8, channels: 5, forward: 3, heldOut: 2 };
const rate = 0.2;
const heldInOf = (shape: number[]) => drawsOf("held in").bernoulli("mask", shape, 1 - rate);

describe("sampleValidation", () => {
  test.each([0, 1, 3])("with %d bins for the initial condition", (initialConditionBins) => {
    tidy(() => {
      const plain = batchOf(sizes);
      const batch = { ...plain, heldIn: heldInOf(plain.encode.shape) };
      const augmented = sampleValidation({ rate, initialConditionBins })(batch, drawsOf(1));
      const before = cube(batch.encode);
      const after = cube(augmented.encode);
      const mask = cube(batch.heldIn);
      const weights = cube(augmented.lossWeight);
      const heldOut = cube(augmented.heldOutWeight);
      expect(augmented.lossWeight!.shape).toEqual(batch.reconstruct.shape);
      expect(augmented.heldOutWeight!.shape).toEqual(batch.encode.shape);
      // The mean of the held-out loss is over all encoded bins, of which these can be held out.
      const share = (8 - initialConditionBins) / 8;
      for (const [b, t, n] of indices(augmented.lossWeight!)) {
        const weight = weights[b]![t]![n]!;
        const value = after[b]![t]?.[n];
        const where = `trial ${b}, bin ${t}, channel ${n}`;
        if (value === undefined) {
          expect(weight, `not encoded: ${where}`).toBe(1);
          continue;
        }
        const x = before[b]![t]![n]!;
        const free = t < initialConditionBins;
        const [own, held] = free ? [1, 0] : mask[b]![t]![n] === 1 ? [1 / 0.8, 0] : [0, 1 / rate / share];
        expect(Math.abs(value - x * own), `input: ${where}`).toBeLessThan(1e-5);
        expect(Math.abs(weight - own), `weight: ${where}`).toBeLessThan(1e-6);
        expect(Math.abs(heldOut[b]![t]![n]! - held), `held-out weight: ${where}`).toBeLessThan(1e-5);
      }
      expect(augmented.gradientMask).toBeUndefined();
      expect(augmented.reconstruct).toBe(batch.reconstruct);
    });
  });

  test.each([0, 3])("on average, weights change neither loss (%d bins for the initial condition)", (bins) => {
    tidy(() => {
      const plain = batchOf({ trials: 200, bins: 10, channels: 10 });
      const batch = { ...plain, heldIn: heldInOf(plain.encode.shape) };
      const augmented = sampleValidation({ rate, initialConditionBins: bins })(batch, drawsOf(1));
      expect(Math.abs(mean(augmented.lossWeight!).dataSync()[0]! - 1)).toBeLessThan(0.02);
      expect(Math.abs(mean(augmented.heldOutWeight!).dataSync()[0]! - 1)).toBeLessThan(0.05);
    });
  });

  test("the two losses are means over the samples that are held in and held out", () => {
    tidy(() => {
      const plain = batchOf({ trials: 6, bins: 8, channels: 5 });
      const heldIn = heldInOf(plain.encode.shape);
      const augmented = sampleValidation({ rate })({ ...plain, heldIn }, drawsOf(1));
      const loss = toTensor(randomValues("loss", plain.encode.shape));
      const expected = [mul(loss, heldIn), mul(loss, sub(1, heldIn))].map((x) => mean(x).dataSync()[0]!);
      expect(relativeError(mean(weightLoss(loss, augmented)).dataSync(), [expected[0]! / 0.8])).toBeLessThan(
        1e-6,
      );
      expect(relativeError(heldOutLoss(loss, augmented)!.dataSync(), [expected[1]! / 0.2])).toBeLessThan(
        1e-6,
      );
      expect(heldOutLoss(loss, plain)).toBeNull();
    });
  });

  test("the held-out loss is that of the encoded corner", () => {
    tidy(() => {
      const plain = batchOf(sizes);
      const heldIn = heldInOf(plain.encode.shape);
      const augmented = sampleValidation({ rate })({ ...plain, heldIn }, drawsOf(1));
      const loss = toTensor(randomValues("loss", plain.reconstruct.shape));
      const corner = slice(loss, [0, 0, 0], plain.encode.shape as [number, number, number]);
      const expected = mean(mul(corner, sub(1, heldIn))).dataSync()[0]! / rate;
      expect(relativeError(heldOutLoss(loss, augmented)!.dataSync(), [expected])).toBeLessThan(1e-6);
    });
  });

  test("weights that are there already count for both losses", () => {
    tidy(() => {
      const plain = batchOf(sizes);
      const batch = { ...plain, heldIn: heldInOf(plain.encode.shape) };
      const lossWeight = toTensor(randomValues("weight", batch.reconstruct.shape));
      const own = sampleValidation({ rate })(batch, drawsOf(1));
      const both = sampleValidation({ rate })({ ...batch, lossWeight }, drawsOf(1));
      expect(cube(both.lossWeight)).toEqual(cube(mul(own.lossWeight!, lossWeight)));
      const corner = slice(lossWeight, [0, 0, 0], batch.encode.shape as [number, number, number]);
      expect(cube(both.heldOutWeight)).toEqual(cube(mul(own.heldOutWeight!, corner)));
    });
  });

  test("lfads-torch weighs the first bins by the mask of those after the initial condition", () => {
    tidy(() => {
      const plain = batchOf(sizes);
      const batch = { ...plain, heldIn: heldInOf(plain.encode.shape) };
      const options = { rate, initialConditionBins: 2 };
      const own = sampleValidation(options)(batch, drawsOf(1));
      const torch = sampleValidation({ ...options, compatibility: { maskFromFirstBin: true } });
      const shifted = torch(batch, drawsOf(1));
      const size = [6, 6, 5] as [number, number, number];
      const mask = slice(batch.heldIn, [0, 2, 0], size);
      expect(cube(shifted.encode)).toEqual(cube(own.encode));
      expect(cube(slice(shifted.lossWeight!, [0, 0, 0], size))).toEqual(cube(div(mask, 1 - rate)));
      expect(cube(slice(shifted.lossWeight!, [0, 6, 0], [6, 5, 7])).flat(2)).toEqual(new Array(210).fill(1));
      expect(
        relativeError(shifted.heldOutWeight!.dataSync(), div(sub(1, mask), rate).dataSync()),
      ).toBeLessThan(1e-6);
    });
  });

  test("rate 0 leaves the batch alone, mask or not", () => {
    tidy(() => {
      const batch = batchOf(sizes);
      expect(sampleValidation({ rate: 0 })(batch, drawsOf(1))).toBe(batch);
    });
  });

  test("errors", () => {
    for (const value of [-0.1, 1, Number.NaN]) {
      expect(() => sampleValidation({ rate: value })).toThrow(
        `sampleValidation: rate must be in [0, 1), got ${value}`,
      );
    }
    for (const initialConditionBins of [-1, 0.5]) {
      expect(() => sampleValidation({ rate, initialConditionBins })).toThrow(
        `sampleValidation: initialConditionBins must be a non-negative integer, got ${initialConditionBins}`,
      );
    }
    tidy(() => {
      const batch = batchOf({ trials: 1, bins: 2, channels: 3 });
      expect(() => sampleValidation({ rate })(batch, drawsOf(1))).toThrow(
        "sampleValidation: heldIn must have the shape of encode [1,2,3], got [undefined]",
      );
      const heldIn = tensor([1, 1], [1, 2, 1]);
      expect(() => sampleValidation({ rate })({ ...batch, heldIn }, drawsOf(1))).toThrow(
        "sampleValidation: heldIn must have the shape of encode [1,2,3], got [1,2,1]",
      );
    });
  });
});
