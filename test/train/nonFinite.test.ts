import { add, mul, sqrt, sub, type Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { poisson, type Reconstruction } from "../../src/reconstructions";
import {
  deserializeTrainingState,
  type FitOptions,
  serializeTrainingState,
  type TrainingState,
} from "../../src/train";
import { useBackend } from "../backend";
import { allFinite, differences, scores, tinierModel, tinyData, trainOn } from "./support";

const data = tinyData();

/** A Poisson loss that `spoil` changes in the training batches with the numbers `bad`, counted from 0. */
function spoiled(spoil: (loss: Tensor, readout: Tensor) => Tensor, bad: (batch: number) => boolean) {
  let batch = -1;
  let now = false;
  const reconstruction: Reconstruction = {
    ...poisson(),
    loss: (counts, readout, parameters) => {
      const loss = poisson().loss(counts, readout, parameters);
      return now ? spoil(loss, readout) : loss;
    },
  };
  const augmentations: FitOptions["augmentations"] = {
    train: () => [
      (current) => {
        now = bad(++batch);
        return current;
      },
    ],
    valid: () => [
      (current) => {
        now = false;
        return current;
      },
    ],
  };
  return { reconstruction, augmentations };
}

const ways: readonly [string, (loss: Tensor, readout: Tensor) => Tensor][] = [
  ["NaN", (loss) => mul(loss, Number.NaN)],
  ["infinite", (loss) => mul(loss, Infinity)],
  ["infinite, the gradient finite", (loss) => add(loss, Infinity)],
  ["of infinite gradient", (loss) => mul(loss, 1e30)],
  // d sqrt(x) at 0 is infinite, times 0 it is NaN; the loss itself stays as it was.
  ["of a gradient that is NaN", (loss, readout) => add(loss, mul(0, sqrt(sub(readout, readout))))],
];

describe.each(["cpu", "wasm"])("a loss that is not finite on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(ways)("%s: the update is left out, counted and reported", async (_, spoil) => {
    const states: TrainingState[] = [];
    const { reconstruction, augmentations } = spoiled(spoil, (batch) => batch === 1 || batch === 5);
    const { history, state, stopReason } = await trainOn(
      data,
      {
        epochs: 3,
        augmentations,
        lossScale: 1e4,
        checkpoint: { everyBatches: 1, save: (current) => void states.push(current) },
      },
      tinierModel({ reconstruction }),
    );
    expect(stopReason).toBe("epochs");
    expect(history.map(({ skipped }) => skipped)).toEqual([1, 1, 0]);
    expect(state.skipped).toEqual({ row: 0, epoch: 0, total: 2 });
    expect(state.optimizer.step).toBe(7);
    expect(allFinite(state)).toBe(true);
    // The batch counts as done, and nothing else has changed.
    const [before, after] = states as [TrainingState, TrainingState];
    expect([before.batch, after.batch]).toEqual([1, 2]);
    expect(after.skipped).toEqual({ row: 1, epoch: 1, total: 1 });
    expect(differences({ ...after, batch: 1, skipped: before.skipped }, before)).toEqual([]);
    for (const { train, gradientNorm } of history) {
      for (const value of [train.loss, train.reconstruction, train.l2, gradientNorm]) {
        expect(Number.isFinite(value)).toBe(true);
      }
    }
  });

  test("too many in a row end the training, the weights finite", async () => {
    const { reconstruction, augmentations } = spoiled(ways[0]![1], (batch) => batch >= 4);
    const run = { augmentations, epochs: 9, maxSkipped: 3 };
    const { state, stopReason, history, best, values } = await trainOn(
      data,
      run,
      tinierModel({ reconstruction }),
    );
    // Batches 4 to 7 are the four that are too many; 7 is the second of the third epoch.
    expect([stopReason, state.epoch, state.batch]).toEqual(["not finite", 2, 2]);
    expect(state.skipped).toEqual({ row: 4, epoch: 2, total: 4 });
    expect(history.map(({ skipped }) => skipped)).toEqual([0, 2]);
    expect(state.optimizer.step).toBe(4);
    expect(allFinite(state)).toBe(true);
    expect(best!.epoch).toBeLessThan(2);
    expect(Object.values(values).flat().every(Number.isFinite)).toBe(true);
  });
});

describe("skipping", () => {
  beforeAll(() => useBackend("cpu"));

  test("is counted anew after every finite update", async () => {
    const { reconstruction, augmentations } = spoiled(ways[0]![1], (batch) => batch % 3 !== 0);
    const model = tinierModel({ reconstruction });
    const { stopReason, state } = await trainOn(data, { augmentations, epochs: 4, maxSkipped: 2 }, model);
    expect([stopReason, state.skipped.total]).toEqual(["epochs", 8]);
  });

  test.each([
    [{ maxSkipped: 0 }, 1],
    [{}, 11],
  ])("with %o, skipped update number %d is one too many", async (options, expected) => {
    const { reconstruction, augmentations } = spoiled(ways[0]![1], () => true);
    const start = tinierModel();
    const model = tinierModel({ reconstruction });
    const untouched = (await trainOn(data, { epochs: 0 }, start)).values;
    const { stopReason, state, best, values, history } = await trainOn(
      data,
      { augmentations, ...options },
      model,
    );
    expect([stopReason, state.skipped.total]).toEqual(["not finite", expected]);
    expect(state.optimizer.step).toBe(0);
    expect(values).toEqual(untouched);
    expect(best === null).toBe(expected < 3);
    for (const { train, skipped, valid } of history) {
      expect([train.loss, skipped]).toEqual([Number.NaN, 3]);
      expect(valid.loss).toBeGreaterThan(0);
    }
  });

  test("goes on counting when resumed, and can be overcome", async () => {
    const bad = () => spoiled(ways[0]![1], () => true);
    const first = bad();
    const stopped = await trainOn(
      data,
      { augmentations: first.augmentations, maxSkipped: 2 },
      tinierModel({ reconstruction: first.reconstruction }),
    );
    const resume = deserializeTrainingState(serializeTrainingState(stopped.state));
    expect([resume.batch, resume.skipped.row]).toEqual([3, 3]);
    const second = bad();
    const again = await trainOn(
      data,
      { augmentations: second.augmentations, maxSkipped: 4, resume },
      tinierModel({ reconstruction: second.reconstruction }),
    );
    expect([again.stopReason, again.state.skipped.total]).toEqual(["not finite", 5]);
    const healed = await trainOn(data, { epochs: 2, resume });
    expect([healed.stopReason, healed.state.skipped]).toEqual(["epochs", { row: 0, epoch: 0, total: 3 }]);
  });
});

describe("a validation that is not finite", () => {
  beforeAll(() => useBackend("cpu"));

  test.each([Number.NaN, Infinity, -Infinity])(
    "%d is never the best, and spoils no other epoch",
    async (bad) => {
      const { best, history, state } = await trainOn(data, {
        epochs: 5,
        score: scores([bad, 4, bad, 2, bad]),
        learningRateDecay: { patience: 9 },
        klRamp: {},
        l2Ramp: {},
      });
      expect(best).toEqual({ epoch: 3, score: 0.3 * 4 + 0.7 * 2 });
      expect(history.map(({ smoothedScore }) => smoothedScore)).toEqual([
        bad,
        4,
        bad,
        0.3 * 4 + 0.7 * 2,
        bad,
      ]);
      expect(state.smoothedScore).toBe(best!.score);
      expect(state.plateau).toMatchObject({ best: best!.score, badEpochs: 1 });
      expect(state.stopping).toEqual({ best: best!.score, badEpochs: 1 });
    },
  );

  test("when no epoch has a finite one, the model keeps its last weights", async () => {
    const model = tinierModel({
      reconstruction: { ...poisson(), loss: (counts, readout) => add(counts, mul(readout, 0)) },
    });
    const { best, state, values, history } = await trainOn(
      data,
      {
        epochs: 2,
        augmentations: {
          valid: () => [(batch) => ({ ...batch, reconstruct: mul(batch.reconstruct, Number.NaN) })],
        },
      },
      model,
    );
    expect(history[1]!.valid.reconstruction).toBeNaN();
    expect(best).toBeNull();
    expect(values["readout.0.weight"]).toEqual(Array.from(state.parameters["readout.0.weight"]!.data));
  });
});
