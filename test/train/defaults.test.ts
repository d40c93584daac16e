import { type Tensor, zerosLike } from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import type { Batch } from "../../src/augmentations";
import { streamDraws, takeRows } from "../../src/ops";
import { RandomStream } from "../../src/random";
import { defaultHyperparameters } from "../../src/train";
import { type ResolvedFitOptions, resolveFitOptions } from "../../src/train/fitOptions";
import { resolveHyperparameters } from "../../src/train/hyperparameters";
import { useBackend } from "../backend";
import { numberedTrials, tinierModel } from "./support";

beforeAll(() => useBackend("cpu"));

test("options that are not given are those of the documentation", () => {
  const model = tinierModel();
  const { augmentations, score, ...resolved } = resolveFitOptions({}, model, false);
  model.dispose();
  expect(resolved).toEqual({
    batchSize: 128,
    trialsAtOnce: 182_609, // of estimateTrialsAtOnce
    epochs: 1000,
    klRamp: { start: 0, increase: 80 },
    l2Ramp: { start: 0, increase: 80 },
    learningRateDecay: {}, // of plateau
    earlyStopping: {}, // of earlyStopping
    smoothing: 0.3,
    gradientClip: 200,
    lossScale: 1e4,
    sumReconstruction: false,
    adamW: {},
    maxSkipped: 10,
  });
  expect(augmentations.valid(defaultHyperparameters)).toEqual([]);
  expect(augmentations.train({ ...defaultHyperparameters, coordinatedDropout: 0 })).toEqual([]);
});

test("so are hyperparameters; those given replace them", () => {
  const documented = {
    learningRate: 4e-3,
    weightDecay: 0,
    dropout: 0.3,
    coordinatedDropout: 0.3,
    coordinatedDropoutPass: 0,
    klInitialCondition: 1e-5,
    klControllerOutput: 1e-5,
    l2IcEncoder: 0,
    l2CiEncoder: 0,
    l2Generator: 1e-2,
    l2Controller: 1e-2,
  };
  expect(resolveHyperparameters()).toEqual(documented);
  expect(resolveHyperparameters({ dropout: 0.1 })).toEqual({ ...documented, dropout: 0.1 });
  const others = { ...documented, dropout: 0.5, weightDecay: 1 };
  expect(resolveHyperparameters({ dropout: 0.1 }, others)).toEqual({ ...others, dropout: 0.1 });
});

test("augmentations by default: coordinated dropout behind the bins of the initial condition", () => {
  const model = tinierModel({ bins: { encode: 6, reconstruct: 6, initialCondition: 2 } });
  const counts = takeRows(
    numberedTrials(20),
    Array.from({ length: 20 }, (_, i) => i),
  );
  const draws = streamDraws(RandomStream.fromSeed(1));
  const apply = (options: ResolvedFitOptions, change: Partial<typeof defaultHyperparameters> = {}): Batch => {
    const [dropout, ...more] = options.augmentations.train({ ...defaultHyperparameters, ...change });
    expect(more).toEqual([]);
    return dropout!({ encode: counts, reconstruct: counts }, draws);
  };
  const options = resolveFitOptions({}, model, false);
  model.dispose();
  const passed = (batch: Batch) => {
    const mask = Array.from(batch.gradientMask!.dataSync());
    const mean = (some: number[]) => some.reduce((a, b) => a + b, 0) / some.length;
    const early = (i: number) => Math.floor(i / 5) % 6 < 2;
    return { early: mean(mask.filter((_, i) => early(i))), late: mean(mask.filter((_, i) => !early(i))) };
  };
  expect(passed(apply(options))).toEqual({ early: 1, late: expect.closeTo(0.3, 1) });
  expect(passed(apply(options, { coordinatedDropout: 0.8 })).late).toBeCloseTo(0.8, 1);
  expect(passed(apply(options, { coordinatedDropoutPass: 1 })).late).toBe(1);
});

test("missing samples, then held-out samples, follow augmentations of one's own", () => {
  const model = tinierModel({ bins: { encode: 6, reconstruct: 6, initialCondition: 2 } });
  const { data, shape } = numberedTrials(3);
  const counts = takeRows(
    { data: data.map((x, i) => (i % 30 === 0 ? Number.NaN : x + 1)), shape },
    [0, 1, 2],
  );
  const draws = streamDraws(RandomStream.fromSeed(1));
  const own = (batch: Batch) => batch;
  const { augmentations } = resolveFitOptions(
    { sampleValidation: { rate: 0.5 }, augmentations: { train: () => [own], valid: () => [own] } },
    model,
    true,
  );
  model.dispose();
  for (const split of ["train", "valid"] as const) {
    const stack = augmentations[split](defaultHyperparameters);
    expect([stack.length, stack[0] === own]).toEqual([3, true]);
    const batch = { encode: counts, reconstruct: counts, heldIn: zerosLike(counts) };
    const observed = stack[1]!(batch, draws);
    const zero = (x: Tensor) => Array.from(x.dataSync(), (value, i) => (value === 0 ? i % 30 : -1));
    expect(new Set(zero(observed.encode))).toEqual(new Set([0, -1]));
    // All held out, but for the bins of the initial condition.
    const late = Array.from({ length: 20 }, (_, i) => i + 10);
    expect(new Set(zero(stack[2]!(observed, draws).encode))).toEqual(new Set([0, -1, ...late]));
  }
});
