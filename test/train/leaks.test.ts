import { customGrad, memory, mul, type Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data";
import { poisson, type Reconstruction } from "../../src/reconstructions";
import { type FitOptions, fit } from "../../src/train";
import { useBackend } from "../backend";
import { tinyData, tinyModel, trainOn } from "./support";

const data = tinyData();
const holed: Dataset = {
  train: data.train,
  valid: {
    ...data.valid,
    reconstruct: {
      ...data.valid.reconstruct,
      data: data.valid.reconstruct.data.map((x, i) => (i % 5 === 1 ? Number.NaN : x)),
    },
  },
};
/** Everything that makes tensors. */
const options = {
  batchSize: 6,
  epochs: 2,
  sampleValidation: { rate: 0.2 },
  hyperparameters: { coordinatedDropout: 0.3, coordinatedDropoutPass: 0.1, weightDecay: 0.1 },
} satisfies FitOptions;

describe.each(["cpu", "wasm"])("tensors on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("are as many after every step as before, and all gone in the end", async () => {
    const before = memory();
    const model = tinyModel();
    const own = memory().numTensors - before.numTensors;
    const counts: number[] = [];
    await fit(model, holed, { ...options, onProgress: () => void counts.push(memory().numTensors) });
    expect(counts.length).toBe(8);
    // The parameters, and two moments of each that is trained.
    const trained = own - model.frozen.size;
    expect(new Set(counts)).toEqual(new Set([before.numTensors + own + 2 * trained]));
    expect(memory().numTensors).toBe(before.numTensors + own);
    model.dispose();
    expect([memory().numTensors, memory().numBytes]).toEqual([before.numTensors, before.numBytes]);
  });

  const stop = () => {
    throw new Error("enough");
  };
  test.each<[string, () => FitOptions, string]>([
    ["an abort", () => abortAfter(2), "aborted"],
    ["an abort at once", () => abortAfter(0), "aborted"],
    ["an error of onProgress", () => ({ onProgress: ({ batch }) => void (batch === 2 && stop()) }), "enough"],
    ["an error of a checkpoint", () => ({ checkpoint: { save: stop } }), "enough"],
    [
      "an error of a checkpoint within an epoch",
      () => ({ checkpoint: { save: stop, everyBatches: 1 } }),
      "enough",
    ],
    ["an error of a training augmentation", () => ({ augmentations: { train: () => [stop] } }), "enough"],
    ["an error of a validation augmentation", () => ({ augmentations: { valid: () => [stop] } }), "enough"],
    ["an error of the score", () => ({ score: stop }), "enough"],
    ["updates that are not finite", () => ({ ...skipping, maxSkipped: 1 }), "not finite"],
  ])("are all gone after %s", async (_, more, reason) => {
    const before = memory().numTensors;
    const model = tinyModel();
    const own = memory().numTensors;
    const ended = await fit(model, data, { ...options, ...more() }).then(
      ({ stopReason }) => stopReason,
      (error: Error) => error.message,
    );
    expect(ended).toBe(reason);
    expect(memory().numTensors).toBe(own);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  const backwardError = customGrad((x, save) => {
    (save as (tensors: Tensor[]) => void)([x as Tensor]);
    return { value: (x as Tensor).clone(), gradFunc: stop };
  });
  test.each<[string, Reconstruction["loss"]]>([
    ["loss", stop],
    ["gradient", (counts, readout) => mul(counts, backwardError(readout))],
  ])("are all gone after an error of a %s", async (_, loss) => {
    const before = memory().numTensors;
    const model = tinyModel({ reconstruction: { ...poisson(), loss } });
    const own = memory().numTensors;
    // Twice, as a tape is freed before the next one as well.
    for (let run = 0; run < 2; run++) {
      await expect(fit(model, data, options)).rejects.toThrow("enough");
      expect(memory().numTensors).toBe(own);
    }
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test("are all gone after resuming, and after resuming with nothing left to do", async () => {
    const { state } = await trainOn(data, options, tinyModel());
    const before = memory().numTensors;
    for (const epochs of [1, 2, 3]) await trainOn(data, { ...options, epochs, resume: state }, tinyModel());
    expect(memory().numTensors).toBe(before);
  });
});

function abortAfter(batches: number): FitOptions {
  const controller = new AbortController();
  if (batches === 0) controller.abort();
  return {
    signal: controller.signal,
    onProgress: ({ batch }) => void (batch === batches && controller.abort()),
  };
}

const skipping: FitOptions = {
  augmentations: {
    train: () => [(batch) => ({ ...batch, lossWeight: mul(batch.reconstruct, Number.NaN) })],
  },
};
