import { add, clone, mul, type Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { coordinatedDropout } from "../../src/augmentations";
import type { Dataset } from "../../src/data";
import { LFADS } from "../../src/model";
import { poisson, type Reconstruction } from "../../src/reconstructions";
import { type FitOptions, fit, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import {
  allFinite,
  differences,
  looking,
  numberedData,
  THREE_BATCHES,
  TINY,
  tinyData,
  tinyModel,
  trainOn,
  trialNumbers,
  valuesOf,
} from "./support";

beforeAll(() => useBackend("cpu"));

const twoSessions = (reconstructions: readonly [Reconstruction, Reconstruction] = [poisson(), poisson()]) =>
  new LFADS({
    ...TINY,
    controller: false,
    sessions: [
      { channels: 5, reconstruction: reconstructions[0] },
      { channels: 3, reconstruction: reconstructions[1] },
    ],
    readin: 4,
  });

describe("two sessions of different channels and sizes", () => {
  const long = numberedData(8, 4);
  const short = numberedData(3, 2, 6, 3);
  const run = async (
    options: FitOptions,
    model = twoSessions(),
    data: readonly Dataset[] = [long, short],
  ) => {
    const result = await fit(model, data, { batchSize: 6, ...options });
    const values = valuesOf(model);
    model.dispose();
    return { ...result, values };
  };

  test("batches take half of the trials from each; the shorter session starts again", async () => {
    const seen: [number, number[]][] = [];
    const record = looking(({ session, encode }) => seen.push([session!, trialNumbers(encode)]));
    await run({ epochs: 2, augmentations: { train: () => [record] } });
    const sizes = seen.map(([session, trials]) => [session, trials.length]);
    const epoch = [
      [0, 3],
      [1, 3],
      [0, 3],
      [1, 3],
      [0, 2],
      [1, 3],
    ];
    expect(sizes).toEqual([...epoch, ...epoch]);
    const numbers = (session: number) =>
      seen.filter(([index]) => index === session).map(([, trials]) => [...trials].sort((a, b) => a - b));
    expect(numbers(0).slice(0, 3).flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(numbers(1)).toEqual(Array(6).fill([0, 1, 2]));
  });

  test("both learn, each its read-in and readout, around the same dynamics", async () => {
    const start = twoSessions();
    const before = valuesOf(start);
    start.dispose();
    const { history, state, values } = await run({ epochs: 3, klRamp: {} });
    expect(allFinite(state)).toBe(true);
    expect(history.length).toBe(3);
    for (const name of ["readin.0.weight", "readin.1.weight", "readout.0.weight", "readout.1.bias"]) {
      expect([name, `${values[name]}` !== `${before[name]}`]).toEqual([name, true]);
    }
    expect(values["readout.1.weight"]!.length).toBe(9);
  });

  test("count equally, whatever their channels and trials", async () => {
    const constant = (value: number): Reconstruction => ({
      ...poisson(),
      loss: (counts, readout) => add(mul(0, add(counts, readout)), value),
      mean: (readout) => clone(readout),
    });
    const { history } = await run({ epochs: 1 }, twoSessions([constant(1), constant(4)]));
    expect(history[0]!.train.reconstruction).toBeCloseTo(2.5, 6);
    expect(history[0]!.valid.reconstruction).toBeCloseTo(2.5, 6);
  });

  test("are resumed, reproduced, held out and left out as one is", async () => {
    const holes = (data: Dataset): Dataset => {
      const counts = {
        ...data.train.encode,
        data: data.train.encode.data.map((x, i) => (i % 9 === 4 ? Number.NaN : x)),
      };
      return { train: { encode: counts, reconstruct: counts }, valid: data.valid };
    };
    const options = { epochs: 2, sampleValidation: { rate: 0.2 }, seed: 2 } satisfies FitOptions;
    const data = [long, holes(short)];
    const whole = await run(options, twoSessions(), data);
    const states: TrainingState[] = [];
    const again = await run(
      { ...options, checkpoint: { everyBatches: 2, save: (state) => void states.push(state) } },
      twoSessions(),
      data,
    );
    expect(differences(again.state, whole.state)).toEqual([]);
    expect(states[0]).toMatchObject({ epoch: 0, batch: 2 });
    const resumed = await run({ ...options, resume: states[0] }, twoSessions(), data);
    expect(differences(resumed.state, whole.state)).toEqual([]);
    expect(allFinite(whole.state)).toBe(true);
    expect(whole.history.every(({ valid, skipped }) => valid.heldOut > 0 && skipped === 0)).toBe(true);
  });

  test("have masks of their own, of sample validation and of coordinated dropout", async () => {
    const [held, dropped]: [string[], string[]] = [[], []];
    const text = (mask: Tensor | undefined) => Array.from(mask!.dataSync()).join("");
    const record = looking(({ heldIn, gradientMask }) => {
      held.push(text(heldIn));
      dropped.push(text(gradientMask));
    });
    const model = new LFADS({ ...TINY, controller: false, sessions: [{ channels: 5 }, { channels: 5 }] });
    const data = numberedData(3, 3);
    const options = {
      epochs: 1,
      sampleValidation: { rate: 0.3 },
      augmentations: { train: () => [coordinatedDropout({ rate: 0.3 }), record] },
    };
    await run(options, model, [data, data]);
    expect([held.length, new Set(held).size, new Set(dropped).size]).toEqual([2, 2, 2]);
  });
});

describe("external inputs", () => {
  const data = tinyData();
  /** Two inputs, in fewer bins than are reconstructed. */
  const withInputs = (value: (i: number) => number): Dataset => {
    const add = (set: Dataset["train"]) => {
      const trials = set.encode.shape[0]!;
      const values = Float32Array.from({ length: trials * 4 * 2 }, (_, i) => value(i));
      return { ...set, externalInputs: { data: values, shape: [trials, 4, 2] } };
    };
    return { train: add(data.train), valid: add(data.valid) };
  };

  test("go to the generator, trial by trial", async () => {
    const options = { ...THREE_BATCHES, epochs: 2 };
    const model = () => tinyModel({ externalInputs: 2 });
    const waves = await trainOn(withInputs(Math.sin), options, model());
    const same = await trainOn(withInputs(Math.sin), options, model());
    const none = await trainOn(
      withInputs(() => 0),
      options,
      model(),
    );
    expect(differences(waves.state, same.state)).toEqual([]);
    expect(waves.history[1]!.train.reconstruction).not.toBe(none.history[1]!.train.reconstruction);
    expect(allFinite(waves.state)).toBe(true);
    expect(waves.values["decoder.rnn.cell.gen_cell.weight_ih"]).toHaveLength(15 * 3);
  });

  test("are those of the trials of the batch", async () => {
    const numbered = numberedData(7, 3);
    const inputs = (set: Dataset["train"]) => {
      const trials = set.encode.shape[0]!;
      const size = set.encode.data.length / trials;
      const values = Float32Array.from({ length: trials }, (_, trial) => 2 * set.encode.data[trial * size]!);
      return { ...set, externalInputs: { data: values, shape: [trials, 1, 1] } };
    };
    let seen = 0;
    const look = looking(({ encode, externalInputs }) => {
      seen++;
      expect(Array.from(externalInputs!.dataSync())).toEqual(trialNumbers(encode).map((trial) => 2 * trial));
    });
    await trainOn(
      { train: inputs(numbered.train), valid: inputs(numbered.valid) },
      { batchSize: 2, epochs: 1, augmentations: { train: () => [look], valid: () => [look] } },
      tinyModel({ externalInputs: 1 }),
    );
    expect(seen).toBe(4 + 2);
  });
});
