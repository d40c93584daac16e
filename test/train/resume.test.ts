import { beforeAll, describe, expect, test } from "vitest";
import {
  deserializeTrainingState,
  type FitOptions,
  fit,
  serializeTrainingState,
  type TrainingState,
} from "../../src/train";
import { useBackend } from "../backend";
import {
  differences,
  digest,
  scores,
  THREE_BATCHES,
  tinyData,
  tinyModel,
  trainOn,
  valuesOf,
} from "./support";

const data = tinyData();
const overDisk = (state: TrainingState) => deserializeTrainingState(serializeTrainingState(state));
const train = (options: FitOptions) => trainOn(data, { ...THREE_BATCHES, ...options });

/** Everything that has state in a training. */
const options = {
  ...THREE_BATCHES,
  epochs: 2,
  seed: 3,
  sampleValidation: { rate: 0.2 },
  earlyStopping: { patience: 1 },
  hyperparameters: { weightDecay: 0.1 },
} satisfies FitOptions;

describe.each(["cpu", "wasm"])("interrupted and resumed on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("after any number of batches, it ends as if it had not been", async () => {
    const whole = await trainOn(data, options, tinyModel());
    for (let stop = 0; stop <= 6; stop++) {
      const controller = new AbortController();
      let done = 0;
      if (stop === 0) controller.abort();
      const first = await trainOn(
        data,
        {
          ...options,
          signal: controller.signal,
          onProgress: ({ batch }) => {
            if (batch > 0 && ++done === stop) controller.abort();
          },
        },
        tinyModel(),
      );
      expect(first.stopReason).toBe(stop === 6 ? "epochs" : "aborted");
      expect([first.state.epoch, first.state.batch]).toEqual(
        // An epoch whose batches are all done is ended.
        [
          [0, 0],
          [0, 1],
          [0, 2],
          [1, 0],
          [1, 1],
          [1, 2],
          [2, 0],
        ][stop],
      );
      expect(first.state.optimizer.step).toBe(stop);
      // The weights of the new model do not matter.
      const second = await trainOn(
        data,
        { ...options, resume: overDisk(first.state) },
        tinyModel({ seed: `other ${stop}` }),
      );
      expect([stop, ...differences(second.state, whole.state)]).toEqual([stop]);
      expect(second.values).toEqual(whole.values);
      expect(second.history).toEqual(whole.history);
      expect(second.best).toEqual(whole.best);
      expect(second.stopReason).toBe(whole.stopReason);
    }
  });
});

describe("checkpoints", () => {
  beforeAll(() => useBackend("cpu"));

  const placesSaved = async (checkpoint: { everyBatches?: number; everyEpochs?: number }, batchSize = 6) => {
    const states: TrainingState[] = [];
    const digests: string[] = [];
    let busy = false;
    const result = await train({
      epochs: 3,
      batchSize,
      checkpoint: {
        ...checkpoint,
        save: async (state) => {
          expect(busy).toBe(false);
          busy = true;
          await new Promise((resolve) => setTimeout(resolve, 1));
          states.push(state);
          digests.push(digest(state));
          busy = false;
        },
      },
    });
    return { states, digests, result, places: states.map(({ epoch, batch }) => [epoch, batch]) };
  };

  test("come after every epoch, or as often as told, and are waited for", async () => {
    const epochs = [1, 2, 3].map((epoch) => [epoch, 0]);
    expect((await placesSaved({})).places).toEqual(epochs);
    expect((await placesSaved({ everyBatches: 3 })).places).toEqual(epochs);
    // Four batches an epoch: 2 is within it, 4 is its end.
    expect((await placesSaved({ everyBatches: 2, everyEpochs: 2 }, 4)).places).toEqual([
      [0, 2],
      [1, 2],
      [2, 0],
      [2, 2],
    ]);
  });

  test("are not touched by what follows, and lead to the same end", async () => {
    const { states, digests, result } = await placesSaved({ everyBatches: 1 });
    expect(states.length).toBe(9);
    expect(states.map(digest)).toEqual(digests);
    expect(differences(states.at(-1)!, result.state)).toEqual([]);
    for (const resume of [states[0]!, states[4]!]) {
      expect(differences((await train({ epochs: 3, resume })).state, result.state)).toEqual([]);
    }
    expect(states.map(digest)).toEqual(digests);
  });
});

describe("what may change when resuming", () => {
  beforeAll(() => useBackend("cpu"));

  const rising = () => scores([1, 2, 3, 4, 5]);
  const start = () =>
    train({
      epochs: 2,
      score: rising(),
      hyperparameters: { learningRate: 0.01, dropout: 0.2, weightDecay: 0.5 },
    });
  const rates = ({ history }: { history: readonly { learningRate: number }[] }) =>
    history.map(({ learningRate }) => learningRate);

  test("nothing given, nothing changed: hyperparameters, decayed learning rate and seed are those of the state", async () => {
    const { state } = await start();
    expect(state.plateau).toMatchObject({ learningRate: 0.005, badEpochs: 0 });
    const whole = await train({
      epochs: 3,
      score: rising(),
      hyperparameters: { learningRate: 0.01, dropout: 0.2, weightDecay: 0.5 },
    });
    const score = scores([3]);
    const resumed = await train({ epochs: 3, score, resume: state });
    expect(differences(resumed.state, whole.state)).toEqual([]);
    // The learning rate that the training began with is no change either.
    const again = await train({
      epochs: 3,
      score: scores([3]),
      resume: state,
      hyperparameters: { learningRate: 0.01 },
    });
    expect(differences(again.state, whole.state)).toEqual([]);
    expect(rates(again)).toEqual([0.01, 0.01, 0.005]);
  });

  test("a new learning rate takes effect at once, decayed or not; the rest stays", async () => {
    const { state } = await start();
    const resumed = await train({
      epochs: 4,
      score: scores([3, 4]),
      resume: state,
      hyperparameters: { learningRate: 0.03 },
    });
    expect(rates(resumed)).toEqual([0.01, 0.01, 0.03, 0.015]);
    expect(resumed.state.hyperparameters).toEqual({ ...state.hyperparameters, learningRate: 0.03 });
    expect(resumed.history.slice(0, 2)).toEqual(state.history);
    expect(resumed.state.plateau.best).toBe(1);
    expect(resumed.best).toEqual({ epoch: 0, score: 1 });
    // It is what the updates use.
    const still = await train({ epochs: 3, resume: state, hyperparameters: { learningRate: 0 } });
    expect(still.state.parameters).toEqual(state.parameters);
    expect(still.state.optimizer.step).toBe(9);
    expect(still.state.optimizer.first).not.toEqual(state.optimizer.first);
  });

  test("other hyperparameters take effect and leave the rest of the state alone", async () => {
    const { state } = await start();
    const resumed = await train({
      epochs: 3,
      score: scores([3]),
      resume: state,
      hyperparameters: { dropout: 0.6 },
    });
    expect(resumed.state.hyperparameters).toEqual({ ...state.hyperparameters, dropout: 0.6 });
    expect(rates(resumed)).toEqual([0.01, 0.01, 0.005]);
    const unchanged = await train({ epochs: 3, score: scores([3]), resume: state });
    expect(resumed.values).toEqual(unchanged.values); // the best weights are those of epoch 0
    expect(resumed.state.parameters).not.toEqual(unchanged.state.parameters);
    const decayed = await train({ epochs: 3, resume: state, hyperparameters: { weightDecay: 20 } });
    const size = ({ parameters }: TrainingState) => Math.hypot(...parameters["readout.0.weight"]!.data);
    expect(size(decayed.state) / size(unchanged.state)).toBeLessThan(0.9);
  });

  test("another seed gives another course, the state's own seed the same", async () => {
    const { state } = await train({ epochs: 1, seed: 4 });
    const [own, same, other] = [
      await train({ epochs: 2, resume: state }),
      await train({ epochs: 2, resume: state, seed: 4 }),
      await train({ epochs: 2, resume: state, seed: 5 }),
    ];
    expect(differences(own.state, same.state)).toEqual([]);
    expect(differences(own.state, other.state).length).toBeGreaterThan(5);
  });

  test("epochs counts in all", async () => {
    const { state } = await train({ epochs: 2 });
    for (const epochs of [1, 2]) {
      const none = await train({ epochs, resume: state });
      expect([none.stopReason, differences(none.state, state)]).toEqual(["epochs", []]);
    }
    const { state: third, history } = await train({ epochs: 3, resume: state });
    expect([third.epoch, history.map(({ epoch }) => epoch)]).toEqual([3, [0, 1, 2]]);
  });

  test("a converged training stays so, until it is told to wait longer", async () => {
    const waits = (patience: number, values: readonly number[]) => ({
      epochs: 6,
      klRamp: {},
      l2Ramp: {},
      earlyStopping: { patience },
      score: scores(values),
    });
    const { state, stopReason } = await train(waits(1, [1, 2, 3, 4]));
    expect([stopReason, state.epoch]).toEqual(["converged", 3]);
    const again = await train({ ...waits(1, []), resume: state });
    expect([again.stopReason, again.state.epoch]).toEqual(["converged", 3]);
    const longer = await train({ ...waits(3, [4, 5, 6]), resume: state });
    expect([longer.stopReason, longer.state.epoch]).toEqual(["converged", 5]);
  });

  test("the model gets the best weights again, even when nothing is left to do", async () => {
    const { state, values } = await start();
    const model = tinyModel({ controller: false, seed: 9 });
    await fit(model, data, { epochs: 2, resume: overDisk(state) });
    expect(valuesOf(model)).toEqual(values);
    model.dispose();
  });
});
