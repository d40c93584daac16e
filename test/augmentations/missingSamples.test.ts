import { dispose, mean, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Augmentation,
  augment,
  type Batch,
  coordinatedDropout,
  heldOutLoss,
  sampleValidation,
  selectiveBackpropThroughTime,
  weightLoss,
} from "../../src/augmentations";
import type { Draws } from "../../src/random";
import { gamma, gaussian, poisson, poissonBitsPerSpike } from "../../src/reconstructions";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { randomValues, relativeError, toTensor } from "../ops/differences";
import { batchOf, drawsOf } from "./support";

beforeAll(() => useBackend("cpu"));

const sizes = { trials: 4, bins: 6, channels: 5, forward: 2, heldOut: 3 };

/** The batch with a third of its samples not observed, the same in input and target. */
function withMissing(batch: Batch): Batch {
  const [trials, bins, channels] = batch.reconstruct.shape as [number, number, number];
  const missing = drawsOf("missing")
    .bernoulli("nan", [trials, bins, channels], 1 / 3)
    .arraySync() as number[][][];
  const hide = (x: Tensor) => {
    const values = x.arraySync() as number[][][];
    return tensor(
      values.map((trial, b) =>
        trial.map((bin, t) => bin.map((value, n) => (missing[b]![t]![n] === 1 ? Number.NaN : value))),
      ),
      x.shape as [number, number, number],
    );
  };
  return { ...batch, encode: hide(batch.encode), reconstruct: hide(batch.reconstruct) };
}

describe("selectiveBackpropThroughTime", () => {
  test("missing samples enter as zero and have no weight, the others one that keeps the mean", () => {
    tidy(() => {
      const batch = withMissing(batchOf(sizes));
      const augmented = selectiveBackpropThroughTime()(batch, drawsOf(1));
      const before = [...batch.reconstruct.dataSync()];
      const observed = before.filter((value) => !Number.isNaN(value)).length;
      expect(observed).toBeLessThan(before.length);
      expect([...augmented.encode.dataSync()]).toEqual(
        [...batch.encode.dataSync()].map((value) => (Number.isNaN(value) ? 0 : value)),
      );
      const target = augmented.reconstruct.dataSync();
      const weights = before.map((value) => (Number.isNaN(value) ? 0 : before.length / observed));
      expect(relativeError(augmented.lossWeight!.dataSync(), weights)).toBeLessThan(1e-6);
      expect([...augmented.observed!.dataSync()]).toEqual(weights.map((weight) => (weight > 0 ? 1 : 0)));
      before.forEach((value, i) => {
        expect(target[i]).toBe(Number.isNaN(value) ? 10 : value);
      });
      const loss = toTensor(randomValues("loss", batch.reconstruct.shape));
      const values = [...loss.dataSync()].filter((_, i) => !Number.isNaN(before[i]));
      const expected = values.reduce((total, value) => total + value, 0) / observed;
      expect(relativeError(mean(weightLoss(loss, augmented)).dataSync(), [expected])).toBeLessThan(1e-6);
    });
  });

  test("without missing samples nothing changes", () => {
    tidy(() => {
      const batch = batchOf(sizes);
      const augmented = selectiveBackpropThroughTime()(batch, drawsOf(1));
      expect(augmented.encode.arraySync()).toEqual(batch.encode.arraySync());
      expect(augmented.reconstruct.arraySync()).toEqual(batch.reconstruct.arraySync());
      expect(augmented.lossWeight!.dataSync().every((weight) => weight === 1)).toBe(true);
    });
  });

  test.each([
    ["poisson", poisson()],
    ["poissonBitsPerSpike", poissonBitsPerSpike()],
    ["gaussian", gaussian()],
    ["gamma", gamma()],
  ])("%s: loss and gradient are finite, and zero where nothing was observed", (_, reconstruction) => {
    const parameters = reconstruction.parametersPerChannel;
    const batch = tidy(() => {
      const { encode, reconstruct } = withMissing(batchOf(sizes));
      return { encode, reconstruct };
    });
    const readout = toTensor(randomValues("readout", [4, 8, 8 * parameters]));
    const { value, gradients } = valueAndGradients(
      () =>
        tidy(() => {
          const augmented = selectiveBackpropThroughTime()(batch, drawsOf(1));
          return mean(
            weightLoss(
              reconstruction.loss(augmented.reconstruct, readout, {}, augmented.observed),
              augmented,
            ),
          );
        }),
      { readout },
    );
    const slopes = gradients.readout!.dataSync();
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    Array.from(batch.reconstruct.dataSync()).forEach((target, i) => {
      for (let block = 0; block < parameters; block++) {
        const slope = slopes[(Math.floor(i / 8) * parameters + block) * 8 + (i % 8)]!;
        if (Number.isNaN(target)) expect(slope).toBe(0);
        else expect(Number.isFinite(slope)).toBe(true);
      }
    });
    dispose([batch.encode, batch.reconstruct, readout, value, gradients.readout!]);
  });
});

describe("stacks", () => {
  const permutations = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];

  test.each([0, 2])(
    "any order of all three gives the same batch (%d bins for the initial condition)",
    (q) => {
      const all: readonly Augmentation[] = [
        coordinatedDropout({ rate: 0.4, passRate: 0.1, initialConditionBins: q }),
        sampleValidation({ rate: 0.2, initialConditionBins: q }),
        selectiveBackpropThroughTime(),
      ];
      tidy(() => {
        const plain = withMissing(batchOf(sizes));
        const batch = { ...plain, heldIn: drawsOf("held in").bernoulli("mask", plain.encode.shape, 0.8) };
        const loss = toTensor(randomValues("loss", batch.reconstruct.shape));
        const results = permutations.map((order) => {
          const augmented = order.reduce((current: Batch, i) => all[i]!(current, drawsOf(i)), batch);
          const { encode, reconstruct, observed, gradientMask, lossWeight, heldOutWeight } = augmented;
          return {
            ...{ encode, reconstruct, observed, gradientMask, lossWeight, heldOutWeight },
            loss: weightLoss(loss, augmented),
            heldOutLoss: heldOutLoss(loss, augmented)!,
          };
        });
        const [first, ...others] = results;
        for (const [name, value] of Object.entries(first!)) {
          expect([...value!.dataSync()].some(Number.isNaN), name).toBe(false);
          for (const other of others) {
            const same = other[name as keyof typeof other]!;
            expect(relativeError(same.dataSync(), value!.dataSync()), name).toBeLessThan(1e-6);
          }
        }
      });
    },
  );

  test("augmentations run in their order, each with draws of its own", () => {
    const seen: unknown[] = [];
    const draws = drawsOf(1);
    const first = (own: Draws) => [...tidy(() => own.normal("x", [1]).dataSync().slice())];
    const batch: Batch = { encode: tensor([1]), reconstruct: tensor([2]) };
    const log =
      (name: string): Augmentation =>
      (current, own) => {
        seen.push([name, current.session, first(own)]);
        return { ...current, session: (current.session ?? 0) + 1 };
      };
    const result = augment(batch, [log("a"), log("b")], draws);
    expect(seen).toEqual([
      ["a", undefined, first(draws.fork(0))],
      ["b", 1, first(draws.fork(1))],
    ]);
    expect(result).toEqual({ ...batch, session: 2 });
    expect(augment(batch, [], draws)).toBe(batch);
    dispose([batch.encode, batch.reconstruct]);
  });

  test("the same one twice does not repeat itself", () => {
    tidy(() => {
      const batch = batchOf(sizes);
      const dropout = coordinatedDropout({ rate: 0.5 });
      const kept = (x: Tensor) => x.dataSync().filter((value) => value !== 0).length / x.size;
      expect(Math.abs(kept(augment(batch, [dropout], drawsOf(1)).encode) - 0.5)).toBeLessThan(0.15);
      expect(Math.abs(kept(augment(batch, [dropout, dropout], drawsOf(1)).encode) - 0.25)).toBeLessThan(0.15);
    });
  });
});
