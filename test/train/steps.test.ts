import { add, clone, mul } from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import type { Augmentation } from "../../src/augmentations";
import type { LFADS } from "../../src/model";
import type { Reconstruction } from "../../src/reconstructions";
import { type FitOptions, fit, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import { scores, type TinyRun, tinierModel, tinyData, tinyModel, trainOn } from "./support";

beforeAll(() => useBackend("cpu"));

const data = tinyData();
const train = (options: FitOptions, model?: LFADS) => trainOn(data, options, model);

/** A loss that is the data, whatever the readout. */
const meanOfData: Reconstruction = {
  parametersPerChannel: 1,
  counts: true,
  loss: (counts, readout) => add(counts, mul(0, readout)),
  mean: (readout) => clone(readout),
};

test("the learning rate decays on plateaus of the smoothed score, and the decayed one is used", async () => {
  const saved: TrainingState[] = [];
  const { history } = await train({
    epochs: 4,
    smoothing: 0,
    score: scores([1, 2, 3, 4]),
    hyperparameters: { learningRate: 0.01 },
    learningRateDecay: { factor: 1e-12, patience: 0, min: 0 },
    checkpoint: { save: (state) => void saved.push(state) },
  });
  expect(history.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.01, 1e-14, 1e-26]);
  const largestChange = (a: number, b: number) =>
    Math.max(
      ...Object.entries(saved[a]!.parameters).flatMap(([name, { data }]) =>
        Array.from(data, (value, i) => Math.abs(value - saved[b]!.parameters[name]!.data[i]!)),
      ),
    );
  expect(largestChange(0, 1)).toBeGreaterThan(1e-3);
  expect(largestChange(1, 2)).toBeLessThan(1e-12);
  const kept = await train({ epochs: 4, score: scores([1, 2, 3, 4]), learningRateDecay: false });
  expect(kept.history.map(({ learningRate }) => learningRate)).toEqual([4e-3, 4e-3, 4e-3, 4e-3]);
});

test("the reported parts make the total; the ramps are those of their epochs", async () => {
  const { history } = await train(
    {
      epochs: 4,
      lossScale: 10,
      klRamp: { start: 1, increase: 1 },
      l2Ramp: { increase: 3 },
      hyperparameters: {
        klInitialCondition: 0.1,
        klControllerOutput: 0.2,
        l2Generator: 3,
        l2Controller: 2,
      },
    },
    tinyModel(),
  );
  expect(history.map(({ klRamp, l2Ramp }) => [klRamp, l2Ramp])).toEqual([
    [0, 0.25],
    [0.5, 0.5],
    [1, 0.75],
    [1, 1],
  ]);
  for (const { train, valid, klRamp, l2Ramp, epoch } of history) {
    for (const { loss, reconstruction, klInitialCondition, klControllerOutput, l2, heldOut } of [
      train,
      valid,
    ]) {
      const expected =
        10 * (reconstruction + l2Ramp * l2 + klRamp * (klInitialCondition + klControllerOutput));
      expect(Math.abs(loss / expected - 1), `epoch ${epoch}`).toBeLessThan(1e-5);
      expect(klInitialCondition).toBeGreaterThan(0);
      expect(l2).toBeGreaterThan(0);
      expect(heldOut).toBeNaN();
    }
    expect(train.klControllerOutput).not.toBe(valid.klControllerOutput);
  }
});

test("metrics of an epoch are means over trials, not over batches", async () => {
  const model = tinierModel({ reconstruction: meanOfData });
  const { history } = await fit(model, data, { batchSize: 7, epochs: 1 });
  model.dispose();
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  expect(history[0]!.train.reconstruction).toBeCloseTo(mean(data.train.reconstruct.data), 6);
  expect(history[0]!.valid.reconstruction).toBeCloseTo(mean(data.valid.reconstruct.data), 6);
});

test("gradients are clipped together; their norm is reported as it was", async () => {
  const norm = ({ state }: TinyRun) =>
    Math.sqrt(
      Object.values(state.optimizer.first)
        .flatMap(({ data }) => Array.from(data))
        .reduce((sum, x) => sum + x * x, 0),
    );
  const options: FitOptions = { epochs: 1, batchSize: 100, klRamp: {} };
  const clipped = await train({ ...options, gradientClip: 0.5 });
  const free = await train({ ...options, gradientClip: Infinity });
  expect(norm(clipped) / 0.05).toBeCloseTo(1, 4);
  expect(norm(free) / (0.1 * free.history[0]!.gradientNorm)).toBeCloseTo(1, 4);
  expect(clipped.history[0]!.gradientNorm).toBe(free.history[0]!.gradientNorm);
  expect(free.history[0]!.gradientNorm).toBeGreaterThan(200);
  const byDefault = await train(options);
  expect(norm(byDefault) / 20).toBeCloseTo(1, 4);
});

test("weight decay comes in with the ramp of the L2 penalty", async () => {
  const options = { epochs: 1, hyperparameters: { weightDecay: 5 } } satisfies FitOptions;
  const none = await train({ epochs: 1, l2Ramp: { start: 9 } });
  const ramped = await train({ ...options, l2Ramp: { start: 9 } });
  const full = await train({ ...options, l2Ramp: {} });
  expect(ramped.values).toEqual(none.values);
  const size = ({ state }: TinyRun) => Math.hypot(...state.parameters["readout.0.weight"]!.data);
  expect(size(full) / size(none)).toBeLessThan(0.96);
});

test("constants of AdamW are passed on", async () => {
  const { state } = await train({ epochs: 1, batchSize: 100, gradientClip: 1, adamW: { beta1: 0.5 } });
  const norm = Math.hypot(...Object.values(state.optimizer.first).flatMap(({ data }) => Array.from(data)));
  expect(norm).toBeCloseTo(0.5, 4);
});

test("dropout and coordinated dropout are for training, not for validation", async () => {
  const still = { learningRate: 0, dropout: 0, coordinatedDropout: 0 };
  const run = (hyperparameters: FitOptions["hyperparameters"]) =>
    train({ epochs: 1, hyperparameters: { ...still, ...hyperparameters } });
  const plain = await run({});
  for (const noisy of [await run({ dropout: 0.5 }), await run({ coordinatedDropout: 0.5 })]) {
    expect(noisy.history[0]!.valid).toEqual(plain.history[0]!.valid);
    expect(noisy.history[0]!.train.reconstruction).not.toBe(plain.history[0]!.train.reconstruction);
  }
});

test("summing the reconstruction loss multiplies it by bins and channels", async () => {
  const options = { epochs: 1, hyperparameters: { learningRate: 0 } };
  const mean = await train(options);
  const sum = await train({ ...options, sumReconstruction: true });
  for (const split of ["train", "valid"] as const) {
    const [a, b] = [mean, sum].map(({ history }) => history[0]![split].reconstruction) as [number, number];
    expect(b / a).toBeCloseTo(30, 4);
  }
});

test("augmentations replace coordinated dropout; they get the hyperparameters", async () => {
  const rates: number[] = [];
  const options = (coordinatedDropout: number): FitOptions => ({
    epochs: 1,
    hyperparameters: { coordinatedDropout },
    augmentations: {
      train: (h) => {
        rates.push(h.coordinatedDropout);
        return [];
      },
    },
  });
  const [some, none] = [await train(options(0.4)), await train(options(0))];
  expect(some.values).toEqual(none.values);
  expect(new Set(rates)).toEqual(new Set([0.4, 0]));
  const usual = await train({ epochs: 1, hyperparameters: { coordinatedDropout: 0.4 } });
  expect(usual.values).not.toEqual(some.values);
});

test("augmentations of validation batches apply to validation alone", async () => {
  const doubled: FitOptions["augmentations"] = {
    valid: () => [(batch) => ({ ...batch, lossWeight: mul(2, add(mul(0, batch.reconstruct), 1)) })],
  };
  const [plain, twice] = [await train({ epochs: 1 }), await train({ epochs: 1, augmentations: doubled })];
  expect(twice.state.parameters).toEqual(plain.state.parameters);
  expect(twice.history[0]!.valid.reconstruction / plain.history[0]!.valid.reconstruction).toBeCloseTo(2, 5);
});

test("every batch has draws of its own, in training and in validation", async () => {
  const draw: Augmentation = (batch, draws) => {
    seen.push(draws.normal("own", [1]).dataSync()[0]!);
    return batch;
  };
  const seen: number[] = [];
  const augmentations = { train: () => [draw], valid: () => [draw] };
  await train({ batchSize: 3, epochs: 2, augmentations });
  // 6 batches of training trials and 2 of validation trials, twice.
  expect([seen.length, new Set(seen).size]).toEqual([16, 16]);
});

test("posteriors are sampled, in training and in validation", async () => {
  const options = {
    batchSize: 100,
    epochs: 2,
    hyperparameters: { learningRate: 0, dropout: 0, coordinatedDropout: 0 },
  };
  const sampled = await train(options);
  const deterministic = await train(options, tinierModel({ variational: false }));
  for (const split of ["train", "valid"] as const) {
    const change = ({ history: [first, second] }: TinyRun) =>
      Math.abs(second![split].reconstruction - first![split].reconstruction);
    expect(change(sampled)).toBeGreaterThan(1e-3);
    expect(change(deterministic)).toBeLessThan(1e-6); // only the order of the trials changes
  }
});
