import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  autolfadsSpace,
  inProcess,
  type Job,
  lfadsTrainer,
  memoryStore,
  pbt,
  runPopulation,
  type Trainer,
} from "../../src/search";
import { deserializeTrainingState, useBestWeights } from "../../src/train";
import { useBackend } from "../backend";
import { tinierModel, tinyData } from "../train/support";

const HYPERPARAMETERS = { learningRate: 2e-3, dropout: 0.1 };
const signal = new AbortController().signal;
const job = (member: number, generation: number, more: Partial<Job> = {}): Job => ({
  ...{ member, generation, epochs: 2 * (generation + 1), hyperparameters: HYPERPARAMETERS },
  parent: generation > 0 ? { member, generation: generation - 1 } : null,
  ...more,
});

describe("the trainer of LFADS models", () => {
  let trainer: Trainer;
  const train = (one: Job, checkpoint: Uint8Array | null = null) =>
    trainer(one, checkpoint, { signal, onProgress: () => {} });

  beforeAll(async () => {
    await useBackend("wasm");
    trainer = lfadsTrainer({
      model: (seed) => tinierModel({ seed }),
      data: tinyData(),
      fit: { batchSize: 6 },
    });
  });

  test("gives the same result for the same job, another for another member", async () => {
    const [first, again, other] = [await train(job(0, 0)), await train(job(0, 0)), await train(job(1, 0))];
    expect(again).toEqual(first);
    expect(other.score).not.toBe(first.score);
    expect(first.metrics!["valid/recon_smth"]).toBe(first.score);
    expect(first.metrics!.cur_epoch).toBe(1);
  });

  test("goes on with weights and moments of the member that was copied, at the learning rate of its own job", async () => {
    const rival = await train(job(0, 0));
    const before = deserializeTrainingState(rival.checkpoint);
    const hyperparameters = { learningRate: 5e-4, dropout: 0.2 };
    const stay = { epochs: 2, hyperparameters, parent: { member: 0, generation: 0 } };
    const copied = deserializeTrainingState((await train(job(3, 1, stay), rival.checkpoint)).checkpoint);
    expect(copied.parameters).toEqual(before.parameters);
    expect(copied.optimizer).toEqual(before.optimizer);
    expect(copied.hyperparameters).toMatchObject(hyperparameters);

    const on = deserializeTrainingState(
      (await train(job(3, 1, { ...stay, epochs: 4 }), rival.checkpoint)).checkpoint,
    );
    expect(on.history.map(({ learningRate }) => learningRate)).toEqual([2e-3, 2e-3, 5e-4, 5e-4]);
    expect(on.optimizer.step).toBe(2 * before.optimizer.step);
    const slow = await train(
      job(3, 1, { ...stay, epochs: 4, hyperparameters: { ...hyperparameters, learningRate: 2e-3 } }),
      rival.checkpoint,
    );
    expect(deserializeTrainingState(slow.checkpoint).parameters).not.toEqual(on.parameters);
  });

  test("leaves no tensors, and a checkpoint whose best weights a model can take", async () => {
    await train(job(0, 0));
    const before = memory().numTensors;
    const { checkpoint } = await train(job(0, 0));
    expect(memory().numTensors).toBe(before);
    const state = deserializeTrainingState(checkpoint);
    const model = tinierModel();
    useBestWeights(model, state);
    const [name, weights] = Object.entries(state.best!.parameters)[0]!;
    expect(await model.parameters[name]!.data()).toEqual(weights.data);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test("a name that is no hyperparameter is an error", async () => {
    const known =
      /^lfadsTrainer: no hyperparameter is called "learning", there are learningRate, .*l2Controller$/;
    await expect(train(job(0, 0, { hyperparameters: { learning: 1 } }))).rejects.toThrow(known);
    const store = memoryStore();
    let jobs = 0;
    const counting: Trainer = (...args) => {
      jobs++;
      return trainer(...args);
    };
    const space = { dropout: autolfadsSpace.dropout, learning: autolfadsSpace.learningRate };
    const searching = runPopulation({
      scheduler: pbt({ space }),
      executor: inProcess({ trainer: counting, store }),
      store,
    });
    await expect(searching).rejects.toThrow(known);
    expect(jobs).toBe(1);
    expect(await store.list("records/")).toEqual([]);
  });

  test("an aborted job is no result", async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(trainer(job(0, 0), null, { signal: abort.signal, onProgress: () => {} })).rejects.toThrow(
      "lfadsTrainer: the job was aborted",
    );
  });

  test("a population of models trains to a better score than its first generation", async () => {
    const store = memoryStore();
    const { records, best } = await runPopulation({
      scheduler: pbt({
        space: autolfadsSpace,
        population: 4,
        generations: 4,
        generationEpochs: 2,
        burnIn: 2,
      }),
      executor: inProcess({ trainer, store }),
      store,
    });
    expect(records).toHaveLength(16);
    const first = records.filter(({ generation }) => generation === 0).map(({ score }) => score!);
    expect(best!.score!).toBeLessThan(Math.min(...first));
    const copies = records.filter(({ member, parent }) => parent && parent.member !== member);
    expect(copies.length).toBeGreaterThan(0);
    for (const copy of copies) {
      const rival = records.find(
        ({ member, generation }) => member === copy.parent!.member && generation === copy.parent!.generation,
      )!;
      expect(copy.hyperparameters.learningRate).not.toBe(rival.hyperparameters.learningRate);
    }
  });
});
