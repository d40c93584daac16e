import { memory, mul, ones, slice, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Augmentation, coordinatedDropout, sampleValidation } from "../../src/augmentations";
import { type Dataset, type NdArray, ndarray, type TrialSet } from "../../src/data";
import type { LFADSOptions } from "../../src/model";
import {
  deserializeTrainingState,
  type FitOptions,
  fit,
  type Horizon,
  serializeTrainingState,
} from "../../src/train";
import { firstBins, horizonAt, horizonEnd } from "../../src/train/horizon";
import { useBackend } from "../backend";
import { drawsOf } from "../model/support";
import { relativeError } from "../ops/values";
import {
  BINS,
  CHANNELS,
  differences,
  looking,
  scores,
  THREE_BATCHES,
  tinyData,
  tinyModel,
  trainOn,
} from "./support";

/** The first bins of an array `[trials, bins, n]`. */
function cut({ data, shape }: NdArray, bins: number): NdArray<Float32Array> {
  const [trials, all, n] = shape as [number, number, number];
  const rows = Array.from({ length: trials }, (_, trial) =>
    Array.from(data.slice(trial * all * n, (trial * all + bins) * n)),
  );
  return ndarray(Float32Array.from(rows.flat()), [trials, bins, n]);
}

/** Every seventh sample missing, more of them late in the trial. */
function withHoles({ data, shape }: NdArray): NdArray<Float32Array> {
  const late = (i: number) => Math.floor(i / CHANNELS) % BINS >= 3;
  return ndarray(
    Float32Array.from(data, (x, i) => (i % 7 === 3 || (late(i) && i % 3 === 0) ? Number.NaN : x)),
    shape,
  );
}

const inputsFor = ({ encode }: TrialSet): NdArray<Float32Array> => {
  const trials = encode.shape[0]!;
  return ndarray(
    Float32Array.from({ length: trials * BINS * 2 }, (_, i) => Math.sin(i)),
    [trials, BINS, 2],
  );
};

const mapSplits = (data: Dataset, f: (trials: TrialSet) => TrialSet): Dataset => ({
  train: f(data.train),
  valid: f(data.valid),
});

const shortHorizon: Horizon = { bins: 3, grow: 2, everyEpochs: 100 };
const three = { ...THREE_BATCHES, epochs: 2, seed: 5, learningRateDecay: false } satisfies FitOptions;

test("a horizon grows in steps up to all bins", () => {
  const horizon = { bins: 5, grow: 5, everyEpochs: 150 };
  expect([0, 149, 150, 299, 300, 1949, 1950, 3000].map((epoch) => horizonAt(epoch, horizon, 70))).toEqual([
    5, 5, 10, 10, 15, 65, 70, 70,
  ]);
  expect(horizonEnd(horizon, 70)).toBe(1950);
  expect(horizonEnd({ bins: 3, grow: 4, everyEpochs: 10 }, 8)).toBe(20);
  expect(horizonEnd({ bins: 8, grow: 1, everyEpochs: 10 }, 8)).toBe(0);
  expect([horizonAt(0, undefined, 8), horizonEnd(undefined, 8)]).toEqual([8, 0]);
});

describe.each(["cpu", "wasm"])("a horizon on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  // Encoders see three bins in both cases: the model with a horizon only has more bins to predict.
  test.each<[string, Partial<LFADSOptions>, FitOptions, (data: Dataset) => Dataset]>([
    ["a controller", {}, {}, (data) => data],
    ["no controller", { controller: false }, {}, (data) => data],
    ["chunks of a batch", {}, { trialsAtOnce: 4 }, (data) => data],
    [
      "external inputs",
      { externalInputs: 2 },
      {},
      (data) => mapSplits(data, (trials) => ({ ...trials, externalInputs: inputsFor(trials) })),
    ],
    ["sample validation", {}, { sampleValidation: { rate: 0.2 } }, (data) => data],
    [
      "missing samples and sample validation",
      {},
      { sampleValidation: { rate: 0.2 } },
      (data) =>
        mapSplits(data, ({ encode, ...trials }) => ({
          ...trials,
          encode: withHoles(encode),
          reconstruct: withHoles(trials.reconstruct),
        })),
    ],
    ["a sum of losses", {}, { sumReconstruction: true }, (data) => data],
  ])("trains as on data of these bins: %s", async (_, architecture, options, prepare) => {
    const data = prepare(tinyData());
    const cutAll = (bins: number) => (trials: TrialSet) => ({
      encode: cut(trials.encode, 3),
      reconstruct: cut(trials.reconstruct, bins),
      ...(trials.externalInputs && { externalInputs: cut(trials.externalInputs, bins) }),
    });
    const train = async (bins: number, own: FitOptions) => {
      const model = tinyModel({ ...architecture, bins: { encode: 3, reconstruct: bins } });
      return trainOn(mapSplits(data, cutAll(bins)), { ...three, ...options, ...own }, model);
    };
    const short = await train(3, {});
    const long = await train(BINS, { horizon: shortHorizon });
    expect(long.state.parameters).toEqual(short.state.parameters);
    expect(long.state.optimizer).toEqual(short.state.optimizer);
    expect(long.history.map((epoch) => epoch.train)).toEqual(short.history.map((epoch) => epoch.train));
    // Validation is of all bins.
    expect(long.history[0]!.valid.reconstruction).not.toBe(short.history[0]!.valid.reconstruction);
  });

  test("encoders see all bins: it trains as with weights that leave later bins out", async () => {
    const weigh: Augmentation = (batch) => {
      const row = Float32Array.from({ length: BINS * CHANNELS }, (_, i) => (i < 3 * CHANNELS ? BINS / 3 : 0));
      return {
        ...batch,
        lossWeight: mul(tensor(row, [1, BINS, CHANNELS]), ones(batch.reconstruct.shape)),
      };
    };
    const train = (options: FitOptions) =>
      trainOn(
        tinyData(),
        { ...three, epochs: 1, hyperparameters: { dropout: 0, coordinatedDropout: 0 }, ...options },
        tinyModel({ variational: false }),
      );
    const weighed = await train({ augmentations: { train: () => [weigh] } });
    const { state, history } = await train({ horizon: shortHorizon });
    expect(history[0]!.train.reconstruction).toBeCloseTo(weighed.history[0]!.train.reconstruction, 5);
    for (const [name, { data }] of Object.entries(weighed.state.parameters)) {
      expect(relativeError(state.parameters[name]!.data, [...data]), name).toBeLessThan(1e-4);
    }
  });

  test("of all bins is none, and one that has grown to them trains as without", async () => {
    const train = (options: FitOptions) => trainOn(tinyData(), { ...three, ...options }, tinyModel());
    const none = await train({});
    const all = await train({ horizon: { bins: BINS, grow: 1, everyEpochs: 1 } });
    expect(all.state.parameters).toEqual(none.state.parameters);
    expect(all.history).toEqual(none.history);
    expect(all.best).toEqual(none.best);
    // From the same state on: the horizon ends with the first epoch.
    const horizon = { bins: 3, grow: 3, everyEpochs: 1 };
    const first = await train({ epochs: 1, horizon });
    const grown = await train({ epochs: 2, horizon, resume: first.state });
    const { horizon: _, ...setup } = first.state.setup;
    const without = await train({ epochs: 2, resume: { ...first.state, setup } });
    expect(grown.state.parameters).toEqual(without.state.parameters);
    expect(grown.history).toEqual(without.history);
  });

  test("interrupted and resumed anywhere, it ends as if it had not been, and leaves no tensors", async () => {
    const tensors = memory().numTensors;
    const options = {
      ...THREE_BATCHES,
      ...{ epochs: 3, seed: 3, sampleValidation: { rate: 0.2 }, earlyStopping: { patience: 1 } },
      horizon: { bins: 2, grow: 2, everyEpochs: 1 },
    } satisfies FitOptions;
    const whole = await trainOn(tinyData(), options, tinyModel());
    for (const stop of [2, 4, 6]) {
      const controller = new AbortController();
      let done = 0;
      const first = await trainOn(
        tinyData(),
        {
          ...options,
          signal: controller.signal,
          onProgress: ({ batch }) => {
            if (batch > 0 && ++done === stop) controller.abort();
          },
        },
        tinyModel(),
      );
      const resume = deserializeTrainingState(serializeTrainingState(first.state));
      const second = await trainOn(tinyData(), { ...options, resume }, tinyModel({ seed: `other ${stop}` }));
      expect(differences(second.state, whole.state)).toEqual([]);
      expect(second.history).toEqual(whole.history);
    }
    expect(memory().numTensors).toBe(tensors);
  });
});

describe("a growing horizon", () => {
  beforeAll(() => useBackend("cpu"));

  test("neither stops early nor decays the learning rate before it holds all bins", async () => {
    const rising = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const train = (options: FitOptions) =>
      trainOn(tinyData(), {
        ...{ epochs: 10, klRamp: {}, l2Ramp: {}, score: scores(rising), smoothing: 0 },
        ...{ earlyStopping: { patience: 2 }, learningRateDecay: { factor: 0.5, patience: 0 } },
        ...options,
      });
    const growing = await train({ horizon: { bins: 2, grow: 2, everyEpochs: 2 } }); // all in epoch 4
    expect(growing.history.map(({ learningRate }) => learningRate / 4e-3)).toEqual([
      ...[1, 1, 1, 1, 1, 1],
      ...[0.5, 0.25],
    ]);
    const none = await train({});
    expect([none.history.length, growing.history.length]).toEqual([4, 8]);
    expect([none.stopReason, growing.stopReason]).toEqual(["converged", "converged"]);
    expect(growing.best).toEqual({ score: 1, epoch: 0 });
  });

  test("reaches the whole batch: augmentations see all bins, the loss the first", async () => {
    const seen: number[] = [];
    await trainOn(tinyData(), {
      ...{ epochs: 1, horizon: shortHorizon },
      augmentations: { train: () => [looking(({ reconstruct }) => seen.push(reconstruct.shape[1]!))] },
    });
    expect(new Set(seen)).toEqual(new Set([BINS]));
  });

  test("cuts every field of a batch, and keeps the mean of held-out weights", () =>
    tidy(() => {
      const [bins, segment] = [8, 2];
      const shape = [50, bins, CHANNELS];
      const draws = drawsOf("horizon");
      const encode = draws.bernoulli("data", shape, 0.5);
      const heldIn = draws.bernoulli("held in", shape, 0.8);
      const held = { rate: 0.2, initialConditionBins: segment };
      const dropped = coordinatedDropout({ rate: 0.3 })({ encode, reconstruct: encode, heldIn }, draws);
      const batch = sampleValidation(held)({ ...dropped, observed: encode }, draws);
      const first = firstBins(5, segment)(batch, draws);
      for (const name of [
        "reconstruct",
        "observed",
        "gradientMask",
        "lossWeight",
        "heldOutWeight",
      ] as const) {
        expect(first[name]!.shape).toEqual([50, 5, CHANNELS]);
      }
      for (const name of ["encode", "heldIn"] as const) expect(first[name]).toBe(batch[name]);
      // As sample validation of data of five bins weighs.
      const alone = sampleValidation(held)(
        {
          encode: first.reconstruct,
          reconstruct: first.reconstruct,
          heldIn: slice(heldIn, [0, 0, 0], [50, 5, CHANNELS]),
        },
        draws,
      );
      const [a, b] = [first, alone].map(({ heldOutWeight }) => heldOutWeight!.dataSync());
      expect(Math.max(...a!.map((x, i) => Math.abs(x - b![i]!)))).toBeLessThan(1e-5);
    }));

  test("must stay what it was when a training is resumed", async () => {
    const { state } = await trainOn(tinyData(), { epochs: 1, horizon: shortHorizon });
    const before = JSON.stringify(shortHorizon);
    await expect(trainOn(tinyData(), { epochs: 2, resume: state })).rejects.toThrow(
      `fit: horizon must stay what it was, ${before}, got null`,
    );
    const horizon = { grow: 2, everyEpochs: 100, bins: 3 }; // the same
    expect((await trainOn(tinyData(), { epochs: 2, resume: state, horizon })).state.epoch).toBe(2);
  });

  test("options that make no sense are refused", async () => {
    const model = tinyModel();
    const train = (horizon: object) => fit(model, tinyData(), { horizon: { ...shortHorizon, ...horizon } });
    await expect(train({ bins: 0 })).rejects.toThrow(
      "fit: horizon.bins must be an integer of at least 1, got 0",
    );
    await expect(train({ grow: 0 })).rejects.toThrow(
      "fit: horizon.grow must be an integer of at least 1, got 0",
    );
    await expect(train({ everyEpochs: 1.5 })).rejects.toThrow(
      "fit: horizon.everyEpochs must be an integer of at least 1, got 1.5",
    );
    await expect(train({ bins: BINS + 1 })).rejects.toThrow(
      "fit: horizon.bins must be at most the model's 6 bins, got 7",
    );
    await expect(train({ epochs: 3 })).rejects.toThrow(/fit: horizon.*epochs/);
    expect(() => model.forward([], { bins: 7 })).toThrow(
      "LFADS.forward: bins must be an integer from 1 to 6, got 7",
    );
    model.dispose();
  });
});
