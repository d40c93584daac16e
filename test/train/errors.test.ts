import { memory } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Dataset, NdArray } from "../../src/data";
import { LFADS } from "../../src/model";
import { gaussian } from "../../src/reconstructions";
import { type FitOptions, fit, type Hyperparameters, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import { TINY, tinierModel, tinyData, tinyModel, trainOn, valuesOf } from "./support";

const data = tinyData();
let model: LFADS;
let weights: Record<string, number[]>;
let state: TrainingState;
beforeAll(async () => {
  await useBackend("cpu");
  state = (await trainOn(data, { epochs: 1 })).state;
  model = tinierModel();
  weights = valuesOf(model);
});
afterAll(() => model.dispose());

let tensors: number;
beforeEach(() => {
  tensors = memory().numTensors;
});

/** The error of a training that must not have begun. */
async function errorOf(options: FitOptions, given: Dataset | readonly Dataset[] = data, of = model) {
  let calls = 0;
  const note = () => void calls++;
  const message = await fit(of, given, {
    ...options,
    onProgress: note,
    checkpoint: { ...options.checkpoint, save: note },
  }).then(
    () => "no error",
    (error: Error) => error.message,
  );
  expect(calls).toBe(0);
  expect(memory().numTensors).toBe(tensors);
  expect(valuesOf(model)).toEqual(weights);
  return message;
}

describe("options", () => {
  test.each<[FitOptions, string]>([
    [{ batchSize: 0 }, "fit: batchSize must be an integer of at least 1, got 0"],
    [{ batchSize: 2.5 }, "fit: batchSize must be an integer of at least 1, got 2.5"],
    [{ trialsAtOnce: 0 }, "fit: trialsAtOnce must be an integer of at least 1, got 0"],
    [{ epochs: -1 }, "fit: epochs must be an integer of at least 0, got -1"],
    [{ epochs: Infinity }, "fit: epochs must be an integer of at least 0, got Infinity"],
    [{ maxSkipped: -1 }, "fit: maxSkipped must be an integer of at least 0, got -1"],
    [{ maxSkipped: Number.NaN }, "fit: maxSkipped must be an integer of at least 0, got NaN"],
    [
      { checkpoint: { save() {}, everyBatches: 0 } },
      "fit: checkpoint.everyBatches must be an integer of at least 1, got 0",
    ],
    [
      { checkpoint: { save() {}, everyEpochs: 0.5 } },
      "fit: checkpoint.everyEpochs must be an integer of at least 1, got 0.5",
    ],
    [{ smoothing: 1 }, "fit: smoothing must be in [0, 1), got 1"],
    [{ smoothing: -0.1 }, "fit: smoothing must be in [0, 1), got -0.1"],
    [{ lossScale: 0 }, "fit: lossScale must be positive, got 0"],
    [{ lossScale: Infinity }, "fit: lossScale must be positive, got Infinity"],
    [{ gradientClip: 0 }, "fit: gradientClip must be positive, got 0"],
    [{ gradientClip: Number.NaN }, "fit: gradientClip must be positive, got NaN"],
    [{ klRamp: { increase: -1 } }, "fit: klRamp.increase must be a finite number, not negative, got -1"],
    [{ klRamp: { start: Number.NaN } }, "fit: klRamp.start must be a finite number, not negative, got NaN"],
    [
      { l2Ramp: { increase: Infinity } },
      "fit: l2Ramp.increase must be a finite number, not negative, got Infinity",
    ],
    [{ learningRateDecay: { factor: 2 } }, "plateau: factor must be in (0, 1), got 2"],
    [{ learningRateDecay: { patience: -1 } }, "plateau: patience must not be negative, got -1"],
    [{ earlyStopping: { patience: 0 } }, "earlyStopping: patience must be positive, got 0"],
    [{ adamW: { beta1: 1 } }, "adamW: beta1 must be in [0, 1), got 1"],
    [{ sampleValidation: { rate: 1 } }, "sampleValidation: rate must be in [0, 1), got 1"],
    [{ sampleValidation: { rate: -0.1 } }, "sampleValidation: rate must be in [0, 1), got -0.1"],
    [{ seed: Number.NaN }, "RandomStream.fromSeed: seed must be a string or a finite number, got NaN"],
  ])("%o", async (options, message) => {
    expect(await errorOf(options)).toBe(message);
  });
});

describe("hyperparameters", () => {
  test.each<[Partial<Hyperparameters>, string]>([
    [{ learningRate: -1 }, "fit: hyperparameter learningRate must be a finite number, not negative, got -1"],
    [
      { learningRate: Infinity },
      "fit: hyperparameter learningRate must be a finite number, not negative, got Infinity",
    ],
    [
      { weightDecay: Number.NaN },
      "fit: hyperparameter weightDecay must be a finite number, not negative, got NaN",
    ],
    [{ dropout: 1 }, "fit: hyperparameter dropout must be in [0, 1), got 1"],
    [{ coordinatedDropout: 1.2 }, "fit: hyperparameter coordinatedDropout must be in [0, 1), got 1.2"],
    [{ coordinatedDropoutPass: 2 }, "fit: hyperparameter coordinatedDropoutPass must be in [0, 1], got 2"],
    [
      { l2Generator: -1e-9 },
      "fit: hyperparameter l2Generator must be a finite number, not negative, got -1e-9",
    ],
  ])("%o", async (hyperparameters, message) => {
    expect(await errorOf({ hyperparameters })).toBe(message);
    expect(await errorOf({ hyperparameters, resume: state })).toBe(message);
  });

  test.each(["learning_rate", "toString"])('no hyperparameter is called "%s"', async (name) => {
    expect(await errorOf({ hyperparameters: { [name]: 1 } as Partial<Hyperparameters> })).toMatch(
      new RegExp(
        `^fit: no hyperparameter is called "${name}", there are learningRate, weightDecay, .*l2Controller$`,
      ),
    );
  });

  test("every pass probability and all other limits are allowed", async () => {
    const { stopReason } = await trainOn(data, {
      epochs: 0,
      hyperparameters: { coordinatedDropoutPass: 1, learningRate: 0, dropout: 0 },
      gradientClip: Infinity,
      smoothing: 0,
      maxSkipped: 0,
    });
    expect(stopReason).toBe("epochs");
  });
});

describe("data", () => {
  const change = (
    set: "train" | "valid",
    field: "encode" | "reconstruct",
    array: Partial<NdArray>,
  ): Dataset => ({
    ...data,
    [set]: { ...data[set], [field]: { ...data[set][field], ...array } },
  });
  const withValue = (value: number) => {
    const counts = data.train.encode.data.slice();
    counts[37] = value;
    return change("train", "encode", { data: counts });
  };

  test.each<[string, () => Dataset | readonly Dataset[], string]>([
    ["too many sessions", () => [data, data], "fit: the model has 1 sessions, got 2 data sets"],
    ["no session", () => [], "fit: the model has 1 sessions, got 0 data sets"],
    [
      "other channels",
      () => tinyData({ channels: 4 }),
      "fit: train.encode of session 0 must have [bins, channels] = [6,5], got [6,4]",
    ],
    [
      "other bins",
      () => tinyData({ bins: 7 }),
      "fit: train.encode of session 0 must have [bins, channels] = [6,5], got [7,5]",
    ],
    [
      "held-out channels that the model does not know",
      () => tinyData({ channels: 6, heldOut: 1 }),
      "fit: train.reconstruct of session 0 must have [bins, channels] = [6,5], got [6,6]",
    ],
    [
      "validation that differs from training",
      () => ({ train: data.train, valid: tinyData({ bins: 7 }).valid }),
      "validateDataset: valid.encode must have bins and channels as in training, [6,5], got [7,5]",
    ],
    [
      "external inputs",
      () => {
        const inputs = (set: Dataset["train"]) => {
          const trials = set.encode.shape[0]!;
          return { ...set, externalInputs: { data: new Float32Array(trials * 2), shape: [trials, 1, 2] } };
        };
        return { train: inputs(data.train), valid: inputs(data.valid) };
      },
      "fit: session 0 must have 0 external inputs, got 2",
    ],
    [
      "negative counts",
      () => withValue(-1),
      "validateDataset: train.encode must be spike counts (whole numbers, not negative; NaN = not observed), got -1 at [1,1,2]",
    ],
    [
      "fractions",
      () => withValue(0.5),
      "validateDataset: train.encode must be spike counts (whole numbers, not negative; NaN = not observed), got 0.5 at [1,1,2]",
    ],
    [
      "infinite counts",
      () => withValue(Infinity),
      "validateDataset: train.encode must be spike counts (whole numbers, not negative; NaN = not observed), got Infinity at [1,1,2]",
    ],
    [
      "no trials",
      () => change("valid", "encode", { data: new Float32Array(0), shape: [0, 6, 5] }),
      "validateDataset: valid.encode must not be empty, got shape [0,6,5]",
    ],
    [
      "nothing observed",
      () => change("train", "reconstruct", { data: data.train.reconstruct.data.map(() => Number.NaN) }),
      "validateDataset: train.reconstruct must hold an observed value, got only NaN",
    ],
    [
      "a shape that the data does not fill",
      () => change("train", "encode", { shape: [15, 6, 5] }),
      "validateDataset: train.encode: shape [15,6,5] needs 450 elements, got 480 in the data",
    ],
    [
      "trials that do not match",
      () => change("train", "reconstruct", tinyData({ conditions: 10 }).train.reconstruct),
      "validateDataset: train.reconstruct must have as many trials as encode, 16, got shape [32,6,5]",
    ],
  ])("%s", async (_, given, message) => {
    expect(await errorOf({}, given())).toBe(message);
  });

  test("external inputs that are missing", async () => {
    const needing = tinierModel({ externalInputs: 2 });
    tensors = memory().numTensors;
    expect(await errorOf({}, data, needing)).toBe("fit: session 0 must have 2 external inputs, got 0");
    needing.dispose();
  });

  test("the session that is wrong is named", async () => {
    const two = new LFADS({ ...TINY, sessions: [{ channels: 5 }, { channels: 4 }] });
    tensors = memory().numTensors;
    expect(await errorOf({}, [data, data], two)).toBe(
      "fit: train.encode of session 1 must have [bins, channels] = [6,4], got [6,5]",
    );
    two.dispose();
  });

  test("fractions and negative numbers are fine for data that is no counts", async () => {
    const real: Dataset = {
      train: { encode: withValue(-0.5).train.encode, reconstruct: withValue(-0.5).train.encode },
      valid: data.valid,
    };
    const { history } = await trainOn(real, { epochs: 1 }, tinierModel({ reconstruction: gaussian() }));
    expect(Number.isFinite(history[0]!.valid.loss)).toBe(true);
  });
});

describe("a state to resume that is not of this model", () => {
  test("other parts", async () => {
    const other = (await trainOn(data, { epochs: 0 }, tinyModel())).state;
    expect(await errorOf({ resume: other })).toMatch(
      /^fit: resume.parameters must have the names of the model; missing: none; unknown: encoder.ci_enc.*co_linear/,
    );
    const { "readout.0.bias": bias, ...rest } = state.parameters;
    expect(await errorOf({ resume: { ...state, parameters: rest } })).toBe(
      "fit: resume.parameters must have the names of the model; missing: readout.0.bias; unknown: none",
    );
    expect(await errorOf({ resume: { ...state, best: { ...state.best!, parameters: rest } } })).toMatch(
      /^fit: resume.best.parameters must .* missing: readout.0.bias;/,
    );
    const optimizer = { ...state.optimizer, second: { ...state.optimizer.second, more: bias! } };
    expect(await errorOf({ resume: { ...state, optimizer } })).toMatch(
      /^fit: resume.optimizer.second must .* missing: none; unknown: more$/,
    );
  });

  test("other sizes", async () => {
    const other = (await trainOn(data, { epochs: 0 }, tinierModel({ generator: { units: 7 } }))).state;
    expect(await errorOf({ resume: other })).toMatch(
      /^fit: resume.parameters "decoder.ic_to_g0.weight" must have shape \[5,3\], got \[7,3\]$/,
    );
    const first = { ...state.optimizer.first, "readout.0.bias": { data: new Float32Array(2), shape: [2] } };
    expect(await errorOf({ resume: { ...state, optimizer: { ...state.optimizer, first } } })).toBe(
      'fit: resume.optimizer.first "readout.0.bias" must have shape [5], got [2]',
    );
  });

  test("a broken counter", async () => {
    for (const batch of [-1, Number.NaN]) {
      expect(await errorOf({ resume: { ...state, batch } })).toBe(
        `fit: resume.batch must be a number, not negative, got ${batch}`,
      );
    }
  });

  test("a broken random state", async () => {
    const random = { key: [1, 2, 3] as unknown as TrainingState["random"]["key"], counter: 0 };
    expect(await errorOf({ resume: { ...state, random } })).toMatch(/^RandomStream.fromJSON: key must be /);
  });
});
