import { memory, tidy, transpose } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/data";
import { useKernels } from "../../src/kernels";
import { type InferOptions, type Inferred, infer, type LFADS } from "../../src/model";
import { exponential, linear } from "../../src/ops";
import { studentTPrior } from "../../src/priors";
import { gaussian } from "../../src/reconstructions";
import { useBackend } from "../backend";
import { relativeError } from "../ops/differences";
import { counts, numbers, smallModel, upload } from "./support";

beforeAll(async () => {
  await useBackend("cpu");
  await useKernels(); // also where operations are called directly
});

const trials = { encode: counts("trials", [7, 6, 5]) };

/** Runs `f` with a model that is freed afterwards, and counts tensors. */
async function using(model: LFADS, f: (model: LFADS) => Promise<void>): Promise<void> {
  const before = memory().numTensors;
  await f(model);
  expect(memory().numTensors).toBe(before);
  model.dispose();
}

function rows(inferred: Inferred, from: number, to: number): Record<string, number[]> {
  return Object.fromEntries(
    (Object.entries(inferred) as [string, NdArray<Float32Array>][]).map(([name, { data, shape }]) => {
      const width = shape.slice(1).reduce((product, n) => product * n, 1);
      return [name, Array.from(data.subarray(from * width, to * width))];
    }),
  );
}

function firstTrials(count: number) {
  return { encode: ndarray(trials.encode.data.slice(0, count * 30), [count, 6, 5]) };
}

test("shapes and names", () =>
  using(
    smallModel({ channels: { encode: 5, reconstruct: 8 }, bins: { encode: 6, reconstruct: 9 } }),
    async (model) => {
      const inferred = await infer(model, trials, { samples: 2 });
      const shapes = Object.entries(inferred).map(([name, { shape, data }]) => {
        expect(data.length).toBe(shape.reduce((product: number, n: number) => product * n, 1));
        expect(data.every(Number.isFinite)).toBe(true);
        return [name, shape];
      });
      expect(Object.fromEntries(shapes)).toEqual({
        rates: [7, 9, 8],
        factors: [7, 9, 3],
        generatorStates: [7, 9, 6],
        generatorInit: [7, 6],
        generatorInputs: [7, 9, 2],
        initialConditionMean: [7, 3],
        initialConditionStd: [7, 3],
        controllerOutputMean: [7, 9, 2],
        controllerOutputStd: [7, 9, 2],
        controllerStates: [7, 9, 4],
      });
    },
  ));

test("without a controller some have no columns", async () => {
  await using(smallModel({ controller: false }), async (model) => {
    const inferred = await infer(model, trials, { samples: 1 });
    for (const name of [
      "generatorInputs",
      "controllerOutputMean",
      "controllerOutputStd",
      "controllerStates",
    ] as const) {
      expect(inferred[name]).toMatchObject({ shape: [7, 6, 0], data: new Float32Array(0) });
    }
    expect(inferred.rates.shape).toEqual([7, 6, 5]);
  });
  await using(smallModel({ controller: false, externalInputs: 1 }), async (model) => {
    const externalInputs = numbers("inputs", [7, 6, 1]);
    const { generatorInputs } = await infer(model, { ...trials, externalInputs }, { samples: 1 });
    expect(generatorInputs).toEqual(externalInputs);
  });
});

describe("batches", () => {
  test.each([1, 2, 3, 7, 100])("of %d trials give the same bits", (batchSize) =>
    using(smallModel(), async (model) => {
      const expected = await infer(model, trials, { samples: 3, batchSize: 4 });
      expect(await infer(model, trials, { samples: 3, batchSize })).toEqual(expected);
    }),
  );

  test("trials do not depend on those after them", () =>
    using(smallModel(), async (model) => {
      const all = await infer(model, trials, { samples: 2 });
      const few = await infer(model, firstTrials(3), { samples: 2 });
      expect(rows(few, 0, 3)).toEqual(rows(all, 0, 3));
    }));

  test("progress is told after each", () =>
    using(smallModel(), async (model) => {
      const seen: unknown[] = [];
      await infer(model, trials, { samples: 1, batchSize: 3, onProgress: (progress) => seen.push(progress) });
      expect(seen).toEqual([3, 6, 7].map((done) => ({ trials: done, of: 7 })));
    }));
});

describe("samples", () => {
  test("none: posterior means go through the model", () =>
    using(smallModel(), async (model) => {
      const inferred = await infer(model, trials, { samples: 0 });
      tidy(() => {
        const encode = upload(trials.encode);
        const { sessions, initialCondition, decoder } = model.forward([{ encode, reconstruct: encode }]);
        const [{ readout, factors }] = sessions as [(typeof sessions)[0]];
        const swap = (x: typeof readout) => Array.from(transpose(x, [1, 0, 2]).dataSync());
        expect(inferred.rates.data).toEqual(exponential(readout).dataSync());
        expect(inferred.factors.data).toEqual(factors.dataSync());
        expect(inferred.initialConditionMean.data).toEqual(initialCondition.mean.dataSync());
        expect(inferred.initialConditionStd.data).toEqual(initialCondition.std.dataSync());
        expect(inferred.generatorInit.data).toEqual(decoder.generatorInit.dataSync());
        expect([...inferred.generatorStates.data]).toEqual(swap(decoder.generatorStates));
        expect([...inferred.generatorInputs.data]).toEqual(swap(decoder.generatorInputs!));
        expect([...inferred.controllerStates.data]).toEqual(swap(decoder.controllerStates!));
        expect([...inferred.controllerOutputMean.data]).toEqual(swap(decoder.controllerOutput!.mean));
        expect([...inferred.controllerOutputStd.data]).toEqual(swap(decoder.controllerOutput!.std));
      });
    }));

  test("the seed decides", () =>
    using(smallModel(), async (model) => {
      const run = async (options: InferOptions) =>
        (await infer(model, trials, { samples: 2, ...options })).rates.data;
      expect(await run({ seed: 0 })).toEqual(await run({}));
      expect(await run({ seed: "a" })).toEqual(await run({ seed: "a" }));
      expect(await run({ seed: "a" })).not.toEqual(await run({ seed: "b" }));
    }));

  test("every trial draws its own", () =>
    using(smallModel(), async (model) => {
      const twice = { encode: ndarray(new Float32Array(60), [2, 6, 5]) };
      const inferred = await infer(model, twice, { samples: 1 });
      expect(inferred.initialConditionMean.data.slice(0, 3)).toEqual(
        inferred.initialConditionMean.data.slice(3),
      );
      expect(rows(inferred, 0, 1).rates).not.toEqual(rows(inferred, 1, 2).rates);
    }));

  test("rates are averaged after the exponential", () =>
    using(smallModel(), async (model) => {
      const { rates, factors } = await infer(model, trials, { samples: 5 });
      tidy(() => {
        const p = model.parameters;
        const logRates = linear(upload(factors), p["readout.0.weight"]!, p["readout.0.bias"]!).dataSync();
        // The mean of an exponential is above the exponential of the mean.
        const gains = Array.from(rates.data, (rate, i) => Math.log(rate) - logRates[i]!);
        expect(Math.min(...gains)).toBeGreaterThan(-1e-5);
        expect(Math.max(...gains)).toBeGreaterThan(0.01);
      });
    }));

  test("the more, the less the seed matters", () =>
    using(smallModel(), async (model) => {
      const run = async (samples: number, seed: number) =>
        (await infer(model, firstTrials(2), { samples, seed })).rates.data;
      const [many, again, few] = [await run(60, 1), await run(60, 2), await run(2, 3)];
      const [close, far] = [relativeError(again, many), relativeError(few, many)];
      expect(close).toBeLessThan(0.3);
      expect(far).toBeGreaterThan(1.5 * close);
    }));

  test("the first of several is the one of one", () =>
    using(smallModel(), async (model) => {
      const [one, two] = [
        await infer(model, trials, { samples: 1 }),
        await infer(model, trials, { samples: 2 }),
      ];
      const second = Array.from(two.rates.data, (rate, i) => 2 * rate - one.rates.data[i]!);
      expect(second.every((rate) => rate > 0)).toBe(true);
      expect(relativeError(second, one.rates.data)).toBeGreaterThan(0.01);
    }));

  test("the posterior itself does not depend on them, but for what the controller sees", () =>
    using(smallModel(), async (model) => {
      const [none, some] = [
        await infer(model, trials, { samples: 0 }),
        await infer(model, trials, { samples: 3 }),
      ];
      for (const name of ["initialConditionMean", "initialConditionStd"] as const) {
        expect(relativeError(some[name].data, none[name].data)).toBeLessThan(1e-6);
      }
    }));

  test("a deterministic model has none", () =>
    using(smallModel({ variational: false }), async (model) => {
      const [none, some] = [await infer(model, trials, { samples: 0 }), await infer(model, trials, {})];
      expect(some).toEqual(none);
    }));

  test("of a Student-t posterior, whatever the batches", () =>
    using(
      smallModel({ initialCondition: { encoderUnits: 4, size: 3, prior: studentTPrior() } }),
      async (model) => {
        const [one, other] = [
          await infer(model, trials, { samples: 2, batchSize: 2 }),
          await infer(model, trials, { samples: 2 }),
        ];
        expect(one).toEqual(other);
        expect(one.rates.data.every(Number.isFinite)).toBe(true);
      },
    ));
});

describe("input", () => {
  test("missing samples count as zero, any type of number will do", () =>
    using(smallModel(), async (model) => {
      const hidden = trials.encode.data.map((count, i) => (i % 3 === 0 ? Number.NaN : count));
      const zeroed = hidden.map((count) => (Number.isNaN(count) ? 0 : count));
      const run = (data: Float32Array | Uint8Array | Float64Array) =>
        infer(model, { encode: ndarray(data, [7, 6, 5]) }, { samples: 1 });
      const expected = await run(zeroed);
      expect(await run(hidden)).toEqual(expected);
      expect(await run(Uint8Array.from(zeroed))).toEqual(expected);
      expect(await run(Float64Array.from(hidden))).toEqual(expected);
    }));

  test("a whole trial set may be given, with truth and targets of other shapes", () =>
    using(
      smallModel({ channels: { encode: 5, reconstruct: 8 }, bins: { encode: 6, reconstruct: 9 } }),
      async (model) => {
        const set = {
          ...trials,
          reconstruct: counts("reconstruct", [7, 9, 8]),
          truth: counts("truth", [7, 9, 8]),
          extras: { condition: ndarray(new Int32Array(7), [7]) },
        };
        expect(await infer(model, set, { samples: 1 })).toEqual(await infer(model, trials, { samples: 1 }));
      },
    ));

  test("external inputs over encoded bins or all of them", () =>
    using(smallModel({ bins: { encode: 6, reconstruct: 9 }, externalInputs: 2 }), async (model) => {
      for (const bins of [6, 9]) {
        const externalInputs = numbers("inputs", [7, bins, 2]);
        const { generatorInputs } = await infer(
          model,
          { ...trials, externalInputs },
          { samples: 0, batchSize: 2 },
        );
        expect(generatorInputs.shape).toEqual([7, 9, 4]);
        for (let trial = 0; trial < 7; trial++) {
          for (let t = 0; t < 9; t++) {
            const own = generatorInputs.data.subarray((trial * 9 + t) * 4 + 2, (trial * 9 + t + 1) * 4);
            const start = (trial * bins + t) * 2;
            expect([...own]).toEqual(t < bins ? [...externalInputs.data.subarray(start, start + 2)] : [0, 0]);
          }
        }
      }
    }));

  test("of each session, with its own observation model", () =>
    using(
      smallModel({
        sessions: [{ channels: 4 }, { channels: { encode: 5, reconstruct: 6 }, reconstruction: gaussian() }],
      }),
      async (model) => {
        const second = { encode: numbers("reals", [3, 6, 5]) };
        const inferred = await infer(model, second, { session: 1, samples: 0 });
        expect(inferred.rates.shape).toEqual([3, 6, 6]);
        tidy(() => {
          const encode = upload(second.encode);
          const { readout } = model.forward([{ session: 1, encode, reconstruct: encode }]).sessions[0]!;
          const means = (readout.arraySync() as number[][][]).map((trial) =>
            trial.map((bin) => bin.slice(0, 6)),
          );
          expect([...inferred.rates.data]).toEqual(means.flat(2));
        });
        await expect(infer(model, second, { session: 0 })).rejects.toThrow(/encode must be spike counts/);
      },
    ));
});

describe("refuses", () => {
  test("bad options and data that does not fit", () =>
    using(smallModel({ externalInputs: 1 }), async (model) => {
      const externalInputs = numbers("inputs", [7, 6, 1]);
      const run = (
        options: InferOptions,
        data: Parameters<typeof infer>[1] = { ...trials, externalInputs },
      ) => expect(infer(model, data, options)).rejects;
      await run({ samples: -1 }).toThrow("infer: samples must be a non-negative integer, got -1");
      await run({ samples: 0.5 }).toThrow("infer: samples must be a non-negative integer, got 0.5");
      await run({ batchSize: 0 }).toThrow("infer: batchSize must be a positive integer, got 0");
      await run({ session: 1 }).toThrow("infer: session must be less than 1, got 1");
      await run({ session: -1 }).toThrow("infer: session must be less than 1, got -1");
      await run({}, trials).toThrow("LFADS.forward: externalInputs must be [7, at most 6, 1], got none");
      await run({}, { ...trials, externalInputs: numbers("inputs", [6, 6, 1]) }).toThrow(
        "infer: externalInputs must have as many trials as encode, 7, got [6,6,1]",
      );
      await run({}, { ...trials, externalInputs: numbers("inputs", [7, 7, 1]) }).toThrow(
        "LFADS.forward: externalInputs must be [7, at most 6, 1], got [7,7,1]",
      );
      const missing = ndarray(
        externalInputs.data.map((x, i) => (i === 4 ? Number.NaN : x)),
        [7, 6, 1],
      );
      await run({}, { ...trials, externalInputs: missing }).toThrow(
        "infer: externalInputs must be finite, got NaN at index 4",
      );
      await run({}, { externalInputs, encode: counts("wide", [7, 6, 4]) }).toThrow(
        "LFADS.forward: encode must be [trials, 6, 5], got [7,6,4]",
      );
      await run({}, { externalInputs, encode: numbers("reals", [7, 6, 5]) }).toThrow(
        "encode must be spike counts",
      );
    }));

  test("to go on when aborted", () =>
    using(smallModel(), async (model) => {
      const reason = new Error("enough");
      await expect(infer(model, trials, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const controller = new AbortController();
      let batches = 0;
      const onProgress = () => {
        batches++;
        controller.abort(reason);
      };
      const { signal } = controller;
      await expect(infer(model, trials, { samples: 2, batchSize: 2, onProgress, signal })).rejects.toBe(
        reason,
      );
      expect(batches).toBe(1);
      // In the middle of the samples of a batch.
      const later = new AbortController();
      const running = infer(model, trials, { samples: 1e6, signal: later.signal });
      setTimeout(() => later.abort(reason), 5);
      await expect(running).rejects.toBe(reason);
    }));
});
