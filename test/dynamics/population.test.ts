import { expect, test } from "vitest";
import {
  autolfadsSpace,
  deserializeTrainingState,
  infer,
  inProcess,
  LFADS,
  lfadsTrainer,
  MlpVectorField,
  memoryStore,
  NeuralOdeCell,
  pbt,
  runPopulation,
  simulateChaoticRnn,
  useBestWeights,
} from "../../src";
import { useBackend } from "../backend";

test("population-based training of LFADS with a neural ODE and a controller, on a task with inputs", async () => {
  await useBackend("wasm");
  const [bins, channels] = [12, 10];
  const data = simulateChaoticRnn({ conditions: 10, trialsPerCondition: 3, bins, channels, pulse: 20 });
  const field = (inputSize: number) => new MlpVectorField({ inputSize, stateSize: 6, widths: [16] });
  const model = (seed: string) =>
    new LFADS({
      ...{ bins, channels, seed, factors: 4 },
      initialCondition: { encoderUnits: 8, size: 6 },
      controller: { encoderUnits: 8, units: 8, outputs: 1, lag: 1 },
      generator: { cell: (inputSize) => new NeuralOdeCell({ field: field(inputSize), timeStep: 0.1 }) },
    });
  const search = () => {
    const store = memoryStore();
    const trainer = lfadsTrainer({ model, data, fit: { batchSize: 12 } });
    return runPopulation({
      scheduler: pbt({
        space: autolfadsSpace,
        ...{ population: 3, generations: 4, generationEpochs: 2, burnIn: 0, stop: null },
      }),
      executor: inProcess({ trainer, store }),
      store,
    });
  };
  const { records, best, checkpoint } = await search();
  expect(records).toHaveLength(12);
  const first = records.slice(0, 3).map(({ score }) => score!);
  expect(best!.score).toBeLessThan(Math.min(...first));
  expect(records.some(({ parent, member }) => parent && parent.member !== member)).toBe(true);
  expect((await search()).checkpoint).toEqual(checkpoint);

  const own = model("other");
  useBestWeights(own, deserializeTrainingState(checkpoint!));
  const { rates, generatorInputs } = await infer(own, data.valid, { samples: 0 });
  own.dispose();
  expect(generatorInputs.shape).toEqual([data.valid.encode.shape[0], bins, 1]);
  expect(rates.data.every((rate) => rate > 0 && rate < 100)).toBe(true);
});
