import { memory, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  adaptiveTsit5,
  cellMap,
  euler,
  MlpVectorField,
  NeuralOdeCell,
  type OdeSolver,
  sequentialAutoencoder,
  sequentialAutoencoderTraining,
} from "../../src/dynamics";
import { infer, LFADS, type LFADSOptions } from "../../src/model";
import {
  deserializeTrainingState,
  type FitOptions,
  fit,
  serializeTrainingState,
  useBestWeights,
} from "../../src/train";
import { useBackend } from "../backend";
import { relativeError } from "../ops/values";
import { BINS, CHANNELS, tinyData, tinyModel, valuesOf } from "../train/support";

/** Data with external inputs that do not matter. */
function dataWith(externalInputs: number) {
  const data = tinyData();
  const inputs = (trials: number) => ({
    data: Float32Array.from({ length: trials * BINS * externalInputs }, (_, i) => Math.sin(i)),
    shape: [trials, BINS, externalInputs],
  });
  const withInputs = (split: typeof data.train) => ({
    ...split,
    ...(externalInputs > 0 && { externalInputs: inputs(split.encode.shape[0]!) }),
  });
  return { ...data, train: withInputs(data.train), valid: withInputs(data.valid) };
}

const generator = (solver?: OdeSolver) => ({
  cell: (inputSize: number) =>
    new NeuralOdeCell({
      field: new MlpVectorField({ inputSize, stateSize: 4, widths: [8] }),
      timeStep: 0.2,
      ...(solver && { solver }),
    }),
});

const options: FitOptions = {
  ...{ batchSize: 8, epochs: 5, seed: 2, klRamp: {}, l2Ramp: {} },
  hyperparameters: { learningRate: 2e-2, dropout: 0.05, coordinatedDropout: 0.2, l2Generator: 1 },
};

describe("a neural ODE as the generator of LFADS", () => {
  test.each<[string, string, Partial<LFADSOptions>]>([
    ["variational, with a controller and external inputs", "cpu", { externalInputs: 2 }],
    ["variational, with a controller", "wasm", {}],
    ["deterministic, with a controller", "cpu", { variational: false }],
    ["alone, with external inputs", "wasm", { controller: false, externalInputs: 2 }],
    ["alone and autonomous", "cpu", { controller: false, variational: false }],
    ["of the discrete variant, with a controller", "wasm", { generator: generator(euler) }],
    ["of adaptive steps, with a controller", "cpu", { generator: generator(adaptiveTsit5()) }],
    ["of the discrete variant, alone", "cpu", { controller: false, generator: generator(euler) }],
    ["of adaptive steps, alone", "wasm", { controller: false, generator: generator(adaptiveTsit5()) }],
  ])("%s (%s): it learns, leaves no tensors, and one seed gives one result", async (_, backend, own) => {
    await useBackend(backend);
    const data = dataWith(own.externalInputs ?? 0);
    const tensors = memory().numTensors;
    const train = async () => {
      const model = tinyModel({ generator: generator(), ...own });
      const { history, state, stopReason } = await fit(model, data, options);
      const values = valuesOf(model);
      const { rates } = await infer(model, data.valid, { samples: 2 });
      const loaded = tinyModel({ generator: generator(), ...own, seed: "other" });
      useBestWeights(loaded, deserializeTrainingState(serializeTrainingState(state)));
      const again = await infer(loaded, data.valid, { samples: 2 });
      expect(again.rates.data).toEqual(rates.data);
      for (const used of [model, loaded]) used.dispose();
      return { history, stopReason, values };
    };
    const first = await train();
    expect(first.stopReason).toBe("epochs");
    expect(first.history.at(-1)!.train.reconstruction).toBeLessThan(
      0.97 * first.history[0]!.train.reconstruction,
    );
    expect(first.history.at(-1)!.train.l2).toBeGreaterThan(0);
    expect(Object.keys(first.values)).toContain("decoder.rnn.cell.gen_cell.layers.1.weight");
    expect(await train()).toEqual(first);
    expect(memory().numTensors).toBe(tensors);
  });
});

test("the generator of a model, with its parameters, takes states from bin to bin", async () => {
  await useBackend("cpu");
  const model = tinyModel({ controller: false, variational: false, generator: generator() });
  const { generatorInit, generatorStates } = await infer(model, tinyData().valid);
  const { cell, parameters } = model.generator;
  expect(cell).toBeInstanceOf(NeuralOdeCell);
  const first = tidy(() => {
    const state = tensor(generatorInit.data, generatorInit.shape as [number, number]);
    return cellMap(cell, parameters).map(state, null).dataSync<"float32">();
  });
  const size = cell.stateSize;
  const expected = Array.from(first, (_, i) => {
    const [trial, unit] = [Math.floor(i / size), i % size];
    return generatorStates.data[trial * generatorStates.shape[1]! * size + unit]!;
  });
  expect(relativeError(first, expected)).toBeLessThan(1e-6);
  model.dispose();
});

describe("what leaves for infinity", () => {
  beforeAll(() => useBackend("cpu"));

  const exploding = (solver: OdeSolver) => ({
    cell: () =>
      new NeuralOdeCell({
        field: new MlpVectorField({ stateSize: 4, widths: [] }),
        timeStep: 1e12,
        solver,
      }),
  });

  test("is skipped, counted and ends a training with fixed steps", async () => {
    const model = tinyModel({ controller: false, generator: exploding(euler) });
    const { stopReason, state } = await fit(model, tinyData(), { ...options, maxSkipped: 1 });
    expect([stopReason, state.skipped.total]).toEqual(["not finite", 2]);
    model.dispose();
  });

  test("is an error of adaptive steps, which leaves no tensors", async () => {
    const tensors = memory().numTensors;
    const model = tinyModel({ controller: false, generator: exploding(adaptiveTsit5({ maxSteps: 50 })) });
    await expect(fit(model, tinyData(), options)).rejects.toThrow(/^adaptiveTsit5: /);
    model.dispose();
    expect(memory().numTensors).toBe(tensors);
  });
});

describe("sequentialAutoencoder", () => {
  beforeAll(() => useBackend("cpu"));

  test("is deterministic, without a controller, its state as wide as its latent", () => {
    const model = new LFADS(sequentialAutoencoder({ channels: 10, bins: 70 }));
    const { architecture } = model;
    const cell = architecture.generator.cell(0) as NeuralOdeCell;
    expect([architecture.variational, architecture.controller, architecture.factors]).toEqual([
      false,
      null,
      3,
    ]);
    expect(architecture.initialCondition).toMatchObject({ encoderUnits: 64, size: 3 });
    expect([cell.stateSize, cell.solver.name, cell.timeStep, cell.stepsPerBin]).toEqual([
      3,
      "rungeKutta4",
      1 / 69,
      1,
    ]);
    expect((cell.field as MlpVectorField).widths).toEqual([128]);
    model.dispose();
  });

  test.each(["neuralOde", "discreteNeuralOde", "gru"] as const)("trains with a %s", async (kind) => {
    const model = new LFADS(
      sequentialAutoencoder({
        ...{ channels: CHANNELS, bins: BINS, generator: kind },
        ...{ widths: [8], encoderUnits: 4 },
      }),
    );
    const { history } = await fit(model, tinyData(), {
      ...sequentialAutoencoderTraining(kind),
      ...{ batchSize: 8, epochs: 12 },
      horizon: { bins: 2, grow: 2, everyEpochs: 4 },
    });
    const losses = history.map(({ train }) => train.reconstruction);
    // From the first epoch of all bins to the last.
    expect(losses[11]).toBeLessThan(losses[8]!);
    expect(history[0]).toMatchObject({ l2Ramp: 1, train: { klInitialCondition: 0, l2: 0 } });
    model.dispose();
  });

  test("the numbers are those of the paper", () => {
    expect(sequentialAutoencoderTraining()).toMatchObject({
      hyperparameters: { learningRate: 5e-3, weightDecay: 1e-5, dropout: 0.05, coordinatedDropout: 0 },
      ...{ batchSize: 650, epochs: 3000 },
      horizon: { bins: 5, grow: 5, everyEpochs: 150 },
    });
    expect(sequentialAutoencoderTraining("discreteNeuralOde")).toMatchObject({
      hyperparameters: { learningRate: 5e-4 },
      horizon: { bins: 20, grow: 20, everyEpochs: 500 },
    });
    expect(sequentialAutoencoderTraining("gru")).not.toHaveProperty("horizon");
  });

  test("one bin has no time to pass", () => {
    expect(() => sequentialAutoencoder({ channels: 2, bins: 1 })).toThrow(
      "sequentialAutoencoder: bins must be an integer of at least 2, got 1",
    );
  });
});
