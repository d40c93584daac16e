import { beforeAll, describe, expect, test } from "vitest";
import type { Batch } from "../../src/augmentations";
import { type FitOptions, fit, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import { looking, numberedData, scores, tinierModel, tinyData, trainOn, trialNumbers } from "./support";

beforeAll(() => useBackend("cpu"));

/** The masks of all trials that came up, by their numbers; throws when one changes. */
function maskRecorder() {
  const masks = new Map<number, string>();
  const record = looking(({ heldIn, reconstruct }: Batch) => {
    const size = heldIn!.size / heldIn!.shape[0]!;
    const values = heldIn!.dataSync();
    trialNumbers(reconstruct).forEach((trial, row) => {
      const mask = values.slice(row * size, (row + 1) * size).join("");
      expect(masks.get(trial) ?? mask, `mask of trial ${trial}`).toBe(mask);
      masks.set(trial, mask);
    });
  });
  return { masks, augmentations: { train: () => [record], valid: () => [record] } };
}

describe("samples held out by sample validation", () => {
  const data = numberedData(10, 4);
  const run = async (options: FitOptions, dataset = data) => {
    const model = tinierModel();
    const result = await fit(model, dataset, { batchSize: 4, sampleValidation: { rate: 0.3 }, ...options });
    model.dispose();
    return result;
  };

  test("are the same in all epochs, and after resuming", async () => {
    const { masks, augmentations } = maskRecorder();
    const { state } = await run({ epochs: 2, augmentations });
    expect([...masks.keys()].sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 101, 102, 103,
    ]);
    await run({ epochs: 4, augmentations, resume: state });
    await run({ epochs: 1, augmentations, seed: 5 });
    expect(masks.size).toBe(14);
    // Every trial has a mask of its own, 30 % held out.
    expect(new Set(masks.values()).size).toBe(14);
    const all = [...masks.values()].join("");
    expect(all.length).toBe(14 * 30);
    expect(all.replaceAll("1", "").length / all.length).toBeCloseTo(0.3, 1);
  });

  test("depend on the seed of sample validation", async () => {
    const [a, b] = [maskRecorder(), maskRecorder()];
    await run({ epochs: 1, augmentations: a.augmentations });
    await run({ epochs: 1, augmentations: b.augmentations, sampleValidation: { rate: 0.3, seed: 1 } });
    expect([...a.masks.values()].filter((mask, i) => mask === [...b.masks.values()][i])).toEqual([]);
  });

  test("never enter the model, and have no weight in its loss", async () => {
    const { augmentations, masks } = maskRecorder();
    await run({ epochs: 1, augmentations });
    // The same data, but for other counts where training samples are held out (the first one is the trial's number).
    const { data: counts, shape } = data.train.encode;
    const size = counts.length / shape[0]!;
    const other = counts.map((count, i) =>
      i % size > 0 && masks.get(Math.floor(i / size))![i % size] === "0" ? count + 5 : count,
    );
    const changed = { data: other, shape };
    const before = await run({ epochs: 2 });
    const after = await run({ epochs: 2 }, { ...data, train: { encode: changed, reconstruct: changed } });
    expect(after.state.parameters).toEqual(before.state.parameters);
    expect(after.history[1]!.train.reconstruction).toBe(before.history[1]!.train.reconstruction);
    expect(after.history[1]!.train.heldOut).not.toBe(before.history[1]!.train.heldOut);
  });
});

describe("the held-out loss", () => {
  const data = tinyData();

  test("is reported for both splits, and is the score by default", async () => {
    const { history, best } = await trainOn(data, {
      epochs: 4,
      smoothing: 0,
      sampleValidation: { rate: 0.25 },
    });
    for (const { train, valid, smoothedScore } of history) {
      for (const { heldOut, reconstruction } of [train, valid]) {
        expect(heldOut).toBeGreaterThan(0.5);
        expect(heldOut).toBeLessThan(5);
        expect(heldOut).not.toBe(reconstruction);
      }
      expect(smoothedScore).toBe(valid.heldOut);
    }
    const heldOut = history.map(({ valid }) => valid.heldOut);
    expect(best!.epoch).toBe(heldOut.indexOf(Math.min(...heldOut)));
  });

  test("gives way to a score of one's own", async () => {
    const { best } = await trainOn(data, {
      epochs: 3,
      sampleValidation: { rate: 0.25 },
      score: scores([3, 2, 9]),
    });
    expect(best).toEqual({ epoch: 1, score: 0.3 * 3 + 0.7 * 2 });
  });

  test("with nothing held out, the score is the reconstruction loss, and training the same as without", async () => {
    const none = await trainOn(data, { epochs: 2, sampleValidation: { rate: 0 } });
    const without = await trainOn(data, { epochs: 2 });
    const same = ({ parameters, best, smoothedScore }: TrainingState) => ({
      parameters,
      best,
      smoothedScore,
    });
    expect(same(none.state)).toEqual(same(without.state));
    expect(none.best).not.toBeNull();
  });

  test("works next to coordinated dropout, held-out channels and bins beyond the encoded ones", async () => {
    const { encode, reconstruct } = data.train;
    const corner = (array: typeof encode) => {
      const [trials] = array.shape as [number];
      const values: number[] = [];
      array.data.forEach((value, i) => {
        if (i % 5 < 4 && Math.floor(i / 5) % 6 < 5) values.push(value);
      });
      return { data: Float32Array.from(values), shape: [trials, 5, 4] };
    };
    const set = { train: data.train, valid: data.valid };
    const model = tinierModel({
      channels: { encode: 4, reconstruct: 5 },
      bins: { encode: 5, reconstruct: 6, initialCondition: 2 },
    });
    const { history, best } = await fit(
      model,
      {
        train: { encode: corner(encode), reconstruct },
        valid: { encode: corner(set.valid.encode), reconstruct: set.valid.reconstruct },
      },
      { epochs: 2, batchSize: 8, sampleValidation: { rate: 0.2 } },
    );
    model.dispose();
    expect(history.flatMap(({ train, valid }) => [train.heldOut, valid.heldOut]).every((x) => x > 0.3)).toBe(
      true,
    );
    expect(best).not.toBeNull();
  });
});
