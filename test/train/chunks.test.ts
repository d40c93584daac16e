import { dispose, memory, scalar, tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Augmentation,
  augment,
  type Batch,
  sampleValidation,
  selectiveBackpropThroughTime,
} from "../../src/augmentations";
import { adaptiveTsit5, MlpVectorField, NeuralOdeCell, type VectorField } from "../../src/dynamics";
import { type LFADS, type LFADSOptions, lfadsLoss } from "../../src/model";
import { normalPrior } from "../../src/priors";
import { poissonBitsPerSpike, zeroInflatedGamma } from "../../src/reconstructions";
import { type FitOptions, type TrainingState, valueAndGradients } from "../../src/train";
import { sumOverChunks } from "../../src/train/chunks";
import { estimateTrialsAtOnce } from "../../src/train/trialsAtOnce";
import { useBackend } from "../backend";
import { batchFor, compute, drawsOf, scales, smallModel } from "../model/support";
import { relativeError } from "../ops/differences";
import { differences, tinyData, tinyModel, trainOn } from "./support";

beforeAll(() => useBackend("cpu"));

/** Every fifth sample missing. */
const holes: Augmentation = (batch) => {
  const data = batch.reconstruct.dataSync().map((x, i) => (i % 5 === 1 ? Number.NaN : x));
  return { ...batch, reconstruct: tensor(data, batch.reconstruct.shape) };
};
const heldIn: Augmentation = (batch) => ({
  ...batch,
  heldIn: drawsOf("held in").bernoulli("mask", batch.encode.shape, 0.8),
});
const held: readonly Augmentation[] = [heldIn, sampleValidation({ rate: 0.2 })];

/** Parts of the loss of posterior means, and gradients, of 7 trials of the first session, 2 of the second, 4 of the third. */
function computeInChunks(model: LFADS, augmentations: readonly Augmentation[], trialsAtOnce: number) {
  return compute(() => {
    const trials = [7, 2, 4];
    const batches = model.architecture.sessions.map((_, session) =>
      augment(batchFor(model, { session, trials: trials[session]! }), augmentations, drawsOf("augmented")),
    );
    const sizes: number[] = [];
    const { parts, gradients } = sumOverChunks(batches, trialsAtOnce, drawsOf("draws"), (chunk, draws) => {
      sizes.push(chunk.reduce((sum, { encode }) => sum + encode.shape[0]!, 0));
      const lossOf = () =>
        lfadsLoss(model, chunk, model.forward(chunk), { scales, draws, whole: batches, l2Ramp: 0.5 });
      const { reconstruction, klInitialCondition, klControllerOutput, l2, heldOut, total } = lossOf();
      const parts = [total, reconstruction, klInitialCondition, klControllerOutput, l2, heldOut ?? total];
      return {
        parts: tensor(parts.map((part) => part.dataSync()[0]!)),
        gradients: valueAndGradients(() => lossOf().total, model.parameters).gradients,
      };
    });
    const numbers = Object.entries(gradients).map(([name, x]) => [name, Array.from(x.dataSync())] as const);
    return { sizes, parts: Array.from(parts.dataSync()), gradients: Object.fromEntries(numbers) };
  });
}

const normals = { controller: { encoderUnits: 3, units: 4, outputs: 2, prior: normalPrior() } };
const sessions = { sessions: [{ channels: 4 }, { channels: 6 }, { channels: 5 }] };

describe("the chunks of a batch add up to its loss and gradients", () => {
  test.each<[string, Partial<LFADSOptions>, readonly Augmentation[]]>([
    ["both divergences and the L2 penalty", normals, []],
    ["deterministic", { variational: false }, []],
    ["sessions of several sizes", { ...normals, ...sessions } as Partial<LFADSOptions>, []],
    ["held-out samples", normals, held],
    ["held-out samples of sessions", { ...normals, ...sessions } as Partial<LFADSOptions>, held],
    ["missing samples", normals, [holes, selectiveBackpropThroughTime()]],
    [
      "a reconstruction that averages over the batch",
      { ...normals, reconstruction: poissonBitsPerSpike() },
      [holes, selectiveBackpropThroughTime()],
    ],
    [
      "a reconstruction with a penalty",
      { ...normals, reconstruction: zeroInflatedGamma({ penalty: 1 }) },
      [],
    ],
    ["external inputs", { ...normals, externalInputs: 2 }, []],
  ])("%s", (_, options, augmentations) => {
    const model = smallModel(options);
    const tensors = memory().numTensors;
    const whole = computeInChunks(model, augmentations, 100);
    const total = whole.sizes[0]!;
    expect(whole.sizes).toEqual([total]);
    for (const trialsAtOnce of [1, 2, 3, total - 1]) {
      const { sizes, parts, gradients } = computeInChunks(model, augmentations, trialsAtOnce);
      expect(sizes.length).toBe(Math.ceil(total / trialsAtOnce));
      expect(sizes.at(-1)).toBe(total % trialsAtOnce || trialsAtOnce);
      parts.forEach((part, i) => {
        expect(Math.abs(part - whole.parts[i]!)).toBeLessThanOrEqual(1e-6 * Math.abs(whole.parts[i]!));
      });
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(whole.gradients).sort());
      for (const [name, values] of Object.entries(whole.gradients)) {
        expect(relativeError(gradients[name]!, values), name).toBeLessThan(1e-6);
      }
    }
    expect(memory().numTensors).toBe(tensors);
    model.dispose();
  });

  test("each draws noise of its own; all trials at once draw as they do without chunks", () => {
    const batch: Batch = {
      encode: tensor([1, 2, 3, 4, 5], [5, 1, 1]),
      reconstruct: tensor([1, 2, 3, 4, 5], [5, 1, 1]),
    };
    const drawn = (trialsAtOnce: number) => {
      const noise: number[] = [];
      const { parts } = sumOverChunks([batch], trialsAtOnce, drawsOf("draws"), (_, draws) => {
        noise.push(draws.normal("x", [1]).dataSync()[0]!);
        return { parts: tensor([0]), gradients: {} };
      });
      parts.dispose();
      return noise;
    };
    expect(new Set(drawn(2)).size).toBe(3);
    expect(drawn(2)).toEqual(drawn(2));
    expect(drawn(5)).toEqual([drawsOf("draws").normal("x", [1]).dataSync()[0]!]);
    dispose([batch.encode, batch.reconstruct]);
  });
});

const data = tinyData();
const fitted = (options: FitOptions, model = tinyModel()) => trainOn(data, { epochs: 2, ...options }, model);

describe.each(["cpu", "wasm"])("fit in chunks on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("trains a deterministic model as in whole batches", async () => {
    const hyperparameters = { dropout: 0, coordinatedDropout: 0 };
    const model = () => tinyModel({ variational: false });
    const whole = await fitted({ hyperparameters, trialsAtOnce: 6 }, model());
    for (const trialsAtOnce of [1, 4]) {
      const { history } = await fitted({ hyperparameters, trialsAtOnce }, model());
      for (const split of ["train", "valid"] as const) {
        for (const name of ["loss", "reconstruction", "l2"] as const) {
          expect(history[0]![split][name] / whole.history[0]![split][name]).toBeCloseTo(1, 5);
        }
      }
      expect(history[0]!.gradientNorm / whole.history[0]!.gradientNorm).toBeCloseTo(1, 5);
    }
  });

  test("is the same to the last bit as without where batches fit", async () => {
    const [usual, whole] = [await fitted({}), await fitted({ trialsAtOnce: 6 })];
    expect(differences(usual.state, whole.state)).toEqual([]);
    const chunked = await fitted({ trialsAtOnce: 5 });
    expect(differences(usual.state, chunked.state)).not.toEqual([]);
  });

  test("goes on after an interruption as if there had been none", async () => {
    const options: FitOptions = { trialsAtOnce: 4, sampleValidation: { rate: 0.2 } };
    const saved: TrainingState[] = [];
    const through = await fitted({
      ...options,
      checkpoint: { everyBatches: 1, save: (state) => void saved.push(state) },
    });
    const resumed = await fitted({ ...options, resume: saved[1] });
    expect(differences(through.state, resumed.state)).toEqual([]);
  });

  test("leaves no tensors behind", async () => {
    const before = memory().numTensors;
    await fitted({ trialsAtOnce: 1 });
    expect(memory().numTensors).toBe(before);
  });
});

test("the default falls with all that a trial takes and is at least one", () => {
  const estimate = (options: Partial<LFADSOptions>) => {
    const model = smallModel(options);
    model.dispose();
    return estimateTrialsAtOnce(model.architecture);
  };
  // Encoded: 5 channels, 2 directions of 7 units, states and 3 gates. Decoded: 10 units, 2 outputs, 3 factors, 5 channels.
  const numbers = 6 * (5 + 2 * 4 * 7) + 6 * (4 * 10 + 4 + 2 + 3 + 10);
  expect(estimate({})).toBe(Math.floor(2 ** 31 / (28 * numbers)));
  expect(estimate({ bins: 12 })).toBe(Math.floor(2 ** 31 / (56 * numbers)));
  for (const more of [
    { channels: 6 },
    { externalInputs: 1 },
    { factors: 4 },
    { generator: { units: 7 } },
    { initialCondition: { encoderUnits: 5 } },
    { reconstruction: zeroInflatedGamma() },
  ] as Partial<LFADSOptions>[]) {
    expect(estimate(more)).toBeLessThan(estimate({}));
  }
  // Of a cell what it says: here 2 steps of 4 evaluations, states of 3 numbers and layers of 5.
  const field = (inputSize: number) => new MlpVectorField({ inputSize, stateSize: 3, widths: [5] });
  const cell = (inputSize: number) => new NeuralOdeCell({ field: field(inputSize), stepsPerBin: 2 });
  const ode = 6 * (5 + 2 * 4 * 4) + 6 * (2 * 4 * (3 * 3 + 2 * 5) + 3 + 10);
  expect(estimate({ generator: { cell }, controller: false })).toBe(Math.floor(2 ** 31 / (28 * ode)));
  // Of an adaptive step 12 evaluations; of a field that says nothing four times its state.
  const unknown = {
    inputSize: 0,
    stateSize: 3,
    recurrentKernels: [],
    init: () => ({}),
    derivative: () => scalar(0),
  };
  const adaptive = () => new NeuralOdeCell({ field: unknown as VectorField, solver: adaptiveTsit5() });
  const other = 6 * (5 + 2 * 4 * 4) + 6 * (12 * 12 + 3 + 10);
  expect(estimate({ generator: { cell: adaptive }, controller: false })).toBe(
    Math.floor(2 ** 31 / (28 * other)),
  );
  expect(estimate({ bins: 10_000_000, controller: false })).toBe(1);
});
