import { beforeAll, describe, expect, test } from "vitest";
import { infer, type LFADS } from "../../src/model";
import { type EpochMetrics, type FitOptions, fit, type Progress, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import {
  allFinite,
  differences,
  looking,
  numberedData,
  scores,
  THREE_BATCHES,
  type TinyRun,
  tinierModel,
  tinyData,
  tinyModel,
  trainOn,
  trialNumbers,
  valuesOf,
} from "./support";

beforeAll(() => useBackend("cpu"));

const data = tinyData();
const train = (options: FitOptions, model?: LFADS) => trainOn(data, options, model);

describe("what it learns", () => {
  test("the loss goes down, below that of constant rates", async () => {
    const { history, state } = await train({
      epochs: 30,
      batchSize: 8,
      hyperparameters: { learningRate: 0.02, dropout: 0, coordinatedDropout: 0.1 },
      klRamp: {},
      l2Ramp: {},
    });
    const constant = poissonLossOfMeans();
    expect(history.length).toBe(30);
    expect(history[0]!.train.reconstruction).toBeGreaterThan(constant);
    expect(history.at(-1)!.train.reconstruction).toBeLessThan(constant - 0.05);
    expect(history.at(-1)!.valid.reconstruction).toBeLessThan(history[0]!.valid.reconstruction - 0.1);
    expect(allFinite(state)).toBe(true);
  });

  test("one seed, one result; another seed, another one", async () => {
    const runs = [];
    for (const seed of [7, 7, 8, "eight"]) runs.push(await train({ epochs: 2, seed }));
    const [a, b, c, d] = runs as [TinyRun, TinyRun, TinyRun, TinyRun];
    expect(differences(a.state, b.state)).toEqual([]);
    expect(a.values).toEqual(b.values);
    expect(differences(a.state, c.state).length).toBeGreaterThan(5);
    expect(differences(c.state, d.state).length).toBeGreaterThan(5);
  });

  test("watching changes nothing: onProgress is told everything and is waited for", async () => {
    const model = tinierModel();
    const seen: Progress[] = [];
    let busy = 0;
    const watched = await fit(model, data, {
      ...THREE_BATCHES,
      epochs: 2,
      onProgress: async (progress) => {
        expect(busy++).toBe(0);
        seen.push(progress);
        await infer(model, data.valid, { samples: 1 });
        busy--;
      },
    });
    model.dispose();
    const alone = await train({ ...THREE_BATCHES, epochs: 2 });
    expect(differences(watched.state, alone.state)).toEqual([]);
    const [first, second] = watched.history as [EpochMetrics, EpochMetrics];
    const at = (epoch: number, batch: number, last?: EpochMetrics) => ({
      epoch,
      epochs: 2,
      batch,
      batches: 3,
      kernelPath: watched.state.kernelPath,
      ...(last && { last }),
    });
    expect(seen).toEqual([
      ...[1, 2, 3].map((batch) => at(0, batch)),
      ...[0, 1, 2, 3].map((batch) => at(1, batch, first)),
      at(2, 0, second),
    ]);
  });

  test("every epoch has all trials once, in an order of its own; the last batch may be smaller", async () => {
    const model = tinierModel();
    const numbers: number[][] = [];
    const validated: number[][] = [];
    await fit(model, numberedData(10, 5), {
      batchSize: 4,
      epochs: 3,
      augmentations: {
        train: () => [looking((batch) => numbers.push(trialNumbers(batch.encode)))],
        valid: () => [looking((batch) => validated.push(trialNumbers(batch.encode)))],
      },
    });
    model.dispose();
    expect(numbers.map(({ length }) => length)).toEqual([4, 4, 2, 4, 4, 2, 4, 4, 2]);
    const epochs = [0, 3, 6].map((batch) => numbers.slice(batch, batch + 3).flat());
    for (const order of epochs)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i));
    expect(new Set(epochs.map((order) => `${order}`)).size).toBe(3);
    expect(validated).toEqual([1, 2, 3].flatMap(() => [[100, 101, 102, 103], [104]]));
  });
});

describe("best weights", () => {
  test("are those of the best smoothed score, and the model has them in the end", async () => {
    const saved: TrainingState[] = [];
    const { best, state, history, values } = await train({
      epochs: 5,
      score: scores([3, 1, 2, 1.1, 5]),
      earlyStopping: false,
      checkpoint: { save: (current) => void saved.push(current) },
    });
    const smoothed = [3, 1.6, 1.88, 1.334, 3.9002];
    history.forEach(({ smoothedScore }, i) => {
      expect(smoothedScore).toBeCloseTo(smoothed[i]!, 9);
    });
    expect(best).toEqual({ epoch: 3, score: history[3]!.smoothedScore });
    expect(saved.map((current) => current.best?.epoch)).toEqual([0, 1, 1, 3, 3]);
    const arrays = (current: TrainingState["parameters"]) =>
      Object.fromEntries(Object.entries(current).map(([name, array]) => [name, Array.from(array.data)]));
    expect(values).toEqual(arrays(saved[3]!.parameters));
    expect(arrays(state.best!.parameters)).toEqual(values);
    expect(arrays(state.parameters)).toEqual(arrays(saved[4]!.parameters));
    expect(arrays(state.parameters)).not.toEqual(values);
  });

  test("the score is the validation reconstruction loss, unless another is given", async () => {
    const byDefault = await train({ epochs: 3, smoothing: 0 });
    expect(byDefault.history.map(({ smoothedScore }) => smoothedScore)).toEqual(
      byDefault.history.map(({ valid }) => valid.reconstruction),
    );
    const given = await train({
      epochs: 3,
      smoothing: 0,
      score: ({ train, valid }) => valid.loss - train.l2,
    });
    expect(given.history.map(({ smoothedScore }) => smoothedScore)).toEqual(
      given.history.map(({ train, valid }) => valid.loss - train.l2),
    );
  });

  test("no epoch, no best: the model stays as it is", async () => {
    const start = tinierModel();
    const { best, stopReason, history, values } = await train({ epochs: 0 });
    expect([best, stopReason, history]).toEqual([null, "epochs", []]);
    expect(values).toEqual(valuesOf(start));
    start.dispose();
  });
});

test("a deterministic model and one with frozen parameters train as well", async () => {
  const model = tinyModel({ variational: false });
  const { history } = await fit(model, data, { batchSize: 6, epochs: 2 });
  expect(history[1]!.train).toMatchObject({ klInitialCondition: 0, klControllerOutput: 0 });
  expect(history[1]!.train.reconstruction).toBeLessThan(history[0]!.train.reconstruction);
  model.dispose();

  const variational = tinyModel();
  const before = valuesOf(variational);
  const { state } = await fit(variational, data, { epochs: 2, klRamp: {} });
  const after = valuesOf(variational);
  expect([...variational.frozen]).toContain("ic_prior.logvar");
  for (const name of Object.keys(before)) {
    const moved = `${before[name]}` !== `${after[name]}`;
    expect([name, moved]).toEqual([name, !variational.frozen.has(name)]);
    expect([name, name in state.optimizer.first]).toEqual([name, moved]);
  }
  variational.dispose();
});

/** Mean loss of the training data under the mean rate of each channel, the best that constant rates can do. */
function poissonLossOfMeans(): number {
  const { data: counts, shape } = data.train.reconstruct;
  const channels = shape[2]!;
  const rates = Array.from({ length: channels }, (_, channel) => {
    const own = Array.from(counts).filter((_, i) => i % channels === channel);
    return own.reduce((a, b) => a + b, 0) / own.length;
  });
  const stirling = (k: number) => (k > 1 ? k * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI * k) : 0);
  const losses = Array.from(counts, (k, i) => {
    const rate = rates[i % channels]!;
    return rate - k * Math.log(rate) + stirling(k);
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}
