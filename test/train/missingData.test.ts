import { mul, tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Augmentation } from "../../src/augmentations";
import type { Dataset, NdArray, TrialSet } from "../../src/data";
import { infer } from "../../src/model";
import { fit } from "../../src/train";
import { useBackend } from "../backend";
import { allFinite, looking, tinierModel, tinyData, trainOn } from "./support";

beforeAll(() => useBackend("cpu"));

const data = tinyData();
const isHole = (i: number) => (i * 31) % 7 === 0;
const holed = ({ data: counts, shape }: NdArray): NdArray => ({
  data: Float32Array.from(counts, (count, i) => (isHole(i) ? Number.NaN : count)),
  shape,
});
const both = ({ encode, reconstruct }: TrialSet): TrialSet => ({
  encode: holed(encode),
  reconstruct: holed(reconstruct),
});

describe("missing samples (NaN)", () => {
  test.each<[string, Dataset]>([
    ["training", { train: both(data.train), valid: data.valid }],
    ["validation", { train: data.train, valid: both(data.valid) }],
    [
      "the input of training",
      { train: { ...data.train, encode: holed(data.train.encode) }, valid: data.valid },
    ],
    [
      "the target",
      { train: { ...data.train, reconstruct: holed(data.train.reconstruct) }, valid: data.valid },
    ],
    ["everything", { train: both(data.train), valid: both(data.valid) }],
  ])("in %s are left out by themselves; all numbers stay finite", async (_, dataset) => {
    for (const sampleValidation of [undefined, { rate: 0.2 }]) {
      const { history, state, best } = await trainOn(dataset, {
        epochs: 2,
        ...(sampleValidation && { sampleValidation }),
      });
      expect(allFinite(state)).toBe(true);
      for (const { train, valid, skipped, gradientNorm } of history) {
        expect(skipped).toBe(0);
        for (const { loss, reconstruction, heldOut } of [train, valid]) {
          expect([loss, reconstruction, gradientNorm].every(Number.isFinite)).toBe(true);
          expect(Number.isFinite(heldOut)).toBe(sampleValidation !== undefined);
        }
      }
      expect(best).not.toBeNull();
    }
  });

  test("what stands there does not matter: the loss is that of the observed samples", async () => {
    const still = { epochs: 1, hyperparameters: { learningRate: 0, dropout: 0, coordinatedDropout: 0 } };
    const { history } = await trainOn({ train: both(data.train), valid: both(data.valid) }, still);
    const { history: whole } = await trainOn(data, still);
    for (const split of ["train", "valid"] as const) {
      const [some, all] = [history[0]![split].reconstruction, whole[0]![split].reconstruction];
      // A mean over six sevenths of the samples is about that over all.
      expect(Math.abs(some / all - 1)).toBeLessThan(0.15);
      expect(some).not.toBe(all);
    }
  });

  test("are seen by augmentations of one's own, and may come from them where there are some", async () => {
    let holes = 0;
    const more = looking(({ encode }) => {
      holes += Array.from(encode.dataSync()).filter(Number.isNaN).length;
    });
    const drop: Augmentation = (batch) => {
      const odd = tensor(
        Float32Array.from({ length: batch.reconstruct.size }, (_, i) => (i % 10 === 3 ? Number.NaN : 1)),
        batch.reconstruct.shape,
      );
      return { ...batch, encode: mul(batch.encode, odd), reconstruct: mul(batch.reconstruct, odd) };
    };
    const { state, history } = await trainOn(
      { train: both(data.train), valid: data.valid },
      { epochs: 1, augmentations: { train: () => [more, drop], valid: () => [drop] } },
    );
    expect(holes).toBe(Array.from(both(data.train).encode.data).filter(Number.isNaN).length);
    expect(allFinite(state)).toBe(true);
    expect([history[0]!.skipped, Number.isFinite(history[0]!.valid.loss)]).toEqual([0, true]);
  });

  test("a model that was trained on them infers from them", async () => {
    const model = tinierModel();
    const set = { train: both(data.train), valid: both(data.valid) };
    await fit(model, set, { epochs: 1, batchSize: 8 });
    const { rates } = await infer(model, set.valid, { samples: 2 });
    expect(rates.data.every((rate) => Number.isFinite(rate) && rate > 0)).toBe(true);
    model.dispose();
  });
});
