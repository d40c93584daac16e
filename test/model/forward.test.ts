import {
  add,
  concat,
  gather,
  mul,
  reshape,
  slice,
  type Tensor,
  tanh,
  tensor,
  tidy,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Batch } from "../../src/augmentations";
import type { ForwardOptions, ForwardOutput, LFADS } from "../../src/model";
import type { Cell, Parameters } from "../../src/modules";
import { linear } from "../../src/ops";
import type { Draws } from "../../src/random";
import { useBackend } from "../backend";
import { relativeError } from "../ops/differences";
import { batchFor, drawsOf, smallModel } from "./support";

beforeAll(() => useBackend("cpu"));

const numbers = (x: Tensor | null | undefined) => Array.from(x!.dataSync());
const bins = { encode: 6, reconstruct: 9, initialCondition: 2 };

/** Runs `f` with a model that is freed afterwards. */
function using(model: LFADS, f: (model: LFADS) => void): void {
  tidy(() => {
    f(model);
  });
  model.dispose();
}

/** The batch with `change` added to the samples of some bins. */
function changed(batch: Batch, from: number, to: number): Batch {
  const [trials, all, channels] = batch.encode.shape as [number, number, number];
  const difference = Array.from({ length: trials * all * channels }, (_, i) => {
    const bin = Math.floor(i / channels) % all;
    return bin >= from && bin < to ? 1 : 0;
  });
  return { ...batch, encode: add(batch.encode, tensor(difference, batch.encode.shape)) };
}

function names(run: (options: ForwardOptions) => void): Record<string, readonly number[]> {
  const asked: Record<string, readonly number[]> = {};
  const real = drawsOf(1);
  const draws: Draws = {
    ...real,
    normal(name, shape) {
      expect(asked[name], `${name} is drawn once`).toBeUndefined();
      asked[name] = shape;
      return real.normal(name, shape);
    },
    bernoulli(name, shape, probability) {
      expect(asked[name], `${name} is drawn once`).toBeUndefined();
      asked[name] = shape;
      return real.bernoulli(name, shape, probability);
    },
  };
  run({ draws, sample: true, dropout: 0.2 });
  return asked;
}

describe("shapes", () => {
  test("held-out channels, predicted bins, external inputs", () => {
    using(smallModel({ channels: { encode: 5, reconstruct: 7 }, bins, externalInputs: 2 }), (model) => {
      const { sessions, initialCondition, controllerOutput, decoder } = model.forward([batchFor(model)]);
      expect(sessions.map(({ readout, factors }) => [readout.shape, factors.shape])).toEqual([
        [
          [3, 9, 7],
          [3, 9, 3],
        ],
      ]);
      expect([initialCondition.mean.shape, initialCondition.std.shape]).toEqual([
        [3, 3],
        [3, 3],
      ]);
      expect([controllerOutput!.mean.shape, controllerOutput!.std.shape]).toEqual([
        [3, 9, 2],
        [3, 9, 2],
      ]);
      expect(decoder.generatorStates.shape).toEqual([9, 3, 6]);
      expect(decoder.controllerStates!.shape).toEqual([9, 3, 4]);
      expect(decoder.generatorInputs!.shape).toEqual([9, 3, 4]);
      expect(decoder.generatorInit.shape).toEqual([3, 6]);
    });
  });

  test("without a controller", () => {
    using(smallModel({ controller: false }), (model) => {
      const { controllerOutput, decoder } = model.forward([batchFor(model)]);
      expect(controllerOutput).toBeNull();
      expect([decoder.controllerOutput, decoder.controllerStates, decoder.generatorInputs]).toEqual([
        null,
        null,
        null,
      ]);
      expect(Object.keys(model.parameters).filter((name) => /con_|co_|ci_/.test(name))).toEqual([]);
    });
    using(smallModel({ controller: false, externalInputs: 2 }), (model) => {
      const batch = batchFor(model);
      const { decoder } = model.forward([batch]);
      expect(decoder.generatorInputs!.shape).toEqual([6, 3, 2]);
    });
  });
});

describe("what depends on what", () => {
  const trialsOf = (batch: Batch, rows: number[]): Batch => ({
    ...batch,
    encode: gather(batch.encode, rows),
    reconstruct: gather(batch.reconstruct, rows),
  });

  test("trials are independent and may come in any order", () => {
    using(smallModel(), (model) => {
      const batch = batchFor(model, { trials: 4 });
      const readout = model.forward([batch]).sessions[0]!.readout;
      for (const rows of [[3, 0, 2, 1], [2], [1, 1]]) {
        const some = model.forward([trialsOf(batch, rows)]).sessions[0]!.readout;
        expect(numbers(some)).toEqual(numbers(gather(readout, rows)));
      }
    });
  });

  test("the initial condition comes from its own bins only, where it has some", () => {
    using(smallModel({ bins }), (model) => {
      const batch = batchFor(model);
      const mean = (changes: Batch) => numbers(model.forward([changes]).initialCondition.mean);
      expect(mean(changed(batch, 2, 6))).toEqual(mean(batch));
      expect(mean(changed(batch, 0, 1))).not.toEqual(mean(batch));
      expect(mean(changed(batch, 1, 2))).not.toEqual(mean(batch));
    });
    using(smallModel({ bins: { ...bins, initialCondition: 1 } }), (model) => {
      const batch = batchFor(model);
      const mean = (changes: Batch) => numbers(model.forward([changes]).initialCondition.mean);
      expect(mean(changed(batch, 1, 6))).toEqual(mean(batch));
      expect(mean(changed(batch, 0, 1))).not.toEqual(mean(batch));
    });
    using(smallModel(), (model) => {
      const batch = batchFor(model);
      const mean = (changes: Batch) => numbers(model.forward([changes]).initialCondition.mean);
      for (let t = 0; t < 6; t++) expect(mean(changed(batch, t, t + 1))).not.toEqual(mean(batch));
    });
  });

  test("the controller does not see those bins, and its input starts after them", () => {
    using(smallModel({ bins }), (model) => {
      const name = "decoder.ic_to_g0.weight";
      // An initial state that knows nothing of the data: what is left is what the controller sees.
      const parameters = { ...model.parameters, [name]: zerosLike(model.parameters[name]!) };
      const batch = batchFor(model);
      const outputs = (changes: Batch) =>
        model.forward([changes], {}, parameters).controllerOutput!.mean.arraySync() as number[][][];
      expect(outputs(changed(batch, 0, 2))).toEqual(outputs(batch));
      const [before, after] = [outputs(batch)[0]!, outputs(changed(batch, 2, 3))[0]!];
      const differs = before.map((bin, t) => `${bin}` !== `${after[t]}`);
      // Bin 2 is the first that is encoded; the default lag shows it to the controller from bin 3 on.
      expect(differs.slice(0, 4)).toEqual([false, false, false, true]);
      const late = outputs(changed(batch, 5, 6))[0]!;
      // The last encoded bin comes in backwards, up to bin 4, and stays in the states.
      expect(before.map((bin, t) => `${bin}` !== `${late[t]}`).slice(0, 5)).toEqual([
        false,
        false,
        true,
        true,
        true,
      ]);
    });
  });

  test("predicting more bins does not change the first ones", () => {
    const runs = [6, 7, 11].map((reconstruct) => {
      let result: number[] = [];
      using(smallModel({ bins: { encode: 6, reconstruct } }), (model) => {
        const { readout } = model.forward([batchFor(model)]).sessions[0]!;
        expect(readout.shape).toEqual([3, reconstruct, 5]);
        result = numbers(slice(readout, [0, 0, 0], [-1, 6, -1]));
      });
      return result;
    });
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  test("external inputs that end early count as zero", () => {
    using(smallModel({ bins, externalInputs: 2 }), (model) => {
      const batch = batchFor(model);
      const short = slice(batch.externalInputs!, [0, 0, 0], [-1, 6, -1]);
      const zeros = zerosLike(slice(batch.externalInputs!, [0, 6, 0], [-1, 3, -1]));
      const run = (externalInputs: Tensor) => model.forward([{ ...batch, externalInputs }]).decoder;
      const [own, padded] = [run(short), run(concat([short, zeros], 1))];
      expect(numbers(own.generatorStates)).toEqual(numbers(padded.generatorStates));
      expect(numbers(run(batch.externalInputs!).generatorStates)).not.toEqual(numbers(own.generatorStates));
      expect(numbers(slice(own.generatorInputs!, [6, 0, 2], [3, 3, 2]))).toEqual(new Array(18).fill(0));
    });
  });

  test("other parameters may be passed instead of the model's own", () => {
    using(smallModel(), (model) => {
      const batch = batchFor(model);
      const doubled: Parameters = Object.fromEntries(
        Object.entries(model.parameters).map(([name, value]) => [name, mul(2, value)]),
      );
      const [own, other] = [model.forward([batch]), model.forward([batch], {}, doubled)];
      expect(numbers(other.sessions[0]!.readout)).not.toEqual(numbers(own.sessions[0]!.readout));
    });
  });
});

describe("sampling and dropout", () => {
  const affine = (x: Tensor, model: LFADS, name: string) =>
    linear(x, model.parameters[`${name}.weight`]!, model.parameters[`${name}.bias`]!);

  test("means go on unless sampling is asked for", () => {
    using(smallModel(), (model) => {
      const batch = batchFor(model);
      const plain = model.forward([batch]);
      const { mean } = plain.initialCondition;
      expect(numbers(plain.decoder.generatorInit)).toEqual(numbers(affine(mean, model, "decoder.ic_to_g0")));
      expect(numbers(plain.decoder.generatorInputs)).toEqual(numbers(plain.decoder.controllerOutput!.mean));
      const same = model.forward([batch], { draws: drawsOf(1) });
      expect(numbers(same.sessions[0]!.readout)).toEqual(numbers(plain.sessions[0]!.readout));
    });
  });

  test("samples are mean + std times the prior's noise", () => {
    using(smallModel(), (model) => {
      const draws = drawsOf(5);
      const { initialCondition, decoder } = model.forward([batchFor(model)], { draws, sample: true });
      const { mean, std } = initialCondition;
      const ic = add(mean, mul(std, draws.normal("ic", [3, 3])));
      expect(
        relativeError(numbers(decoder.generatorInit), numbers(affine(ic, model, "decoder.ic_to_g0"))),
      ).toBeLessThan(1e-6);
      const noise = draws.normal("co", [3, 6, 2]).arraySync() as number[][][];
      const { mean: coMean, std: coStd } = decoder.controllerOutput!;
      const [m, s, u] = [coMean, coStd, decoder.generatorInputs!].map((x) => x.arraySync() as number[][][]);
      m!.forEach((bin, t) => {
        bin.forEach((row, trial) => {
          const expected = row.map((value, i) => value + s![t]![trial]![i]! * noise[trial]![t]![i]!);
          expect(relativeError(u![t]![trial]!, expected)).toBeLessThan(1e-6);
        });
      });
    });
  });

  test("a deterministic model has nothing to sample", () => {
    using(smallModel({ variational: false }), (model) => {
      const batch = batchFor(model);
      const [plain, sampled] = [{}, { sample: true }].map((options) => model.forward([batch], options));
      expect(numbers(sampled!.sessions[0]!.readout)).toEqual(numbers(plain!.sessions[0]!.readout));
    });
  });

  test("every part of the model has masks of its own", () => {
    using(smallModel({ bins, externalInputs: 2 }), (model) => {
      const batch = batchFor(model);
      expect(names((options) => model.forward([batch], options))).toEqual({
        encod_data: [3, 6, 5],
        ic_enc_final: [3, 8],
        ic: [3, 3],
        gen_init: [3, 6],
        ext_input: [3, 9, 2],
        co: [3, 9, 2],
        con_input: [9, 3, 6],
        con_factors: [9, 3, 3],
        gen_state: [9, 3, 6],
      });
    });
    using(smallModel({ controller: false }), (model) => {
      const batch = batchFor(model);
      expect(Object.keys(names((options) => model.forward([batch], options))).sort()).toEqual([
        ...["encod_data", "gen_init", "gen_state", "ic", "ic_enc_final"],
      ]);
    });
  });

  test("dropout 0 and no dropout are the same; the same draws give the same result", () => {
    using(smallModel(), (model) => {
      const batch = batchFor(model);
      const run = (options: ForwardOptions): ForwardOutput => model.forward([batch], options);
      const readout = (options: ForwardOptions) => numbers(run(options).sessions[0]!.readout);
      expect(readout({ draws: drawsOf(1), dropout: 0 })).toEqual(readout({}));
      const noisy = { sample: true, dropout: 0.3 };
      expect(readout({ ...noisy, draws: drawsOf(1) })).toEqual(readout({ ...noisy, draws: drawsOf(1) }));
      expect(readout({ ...noisy, draws: drawsOf(1) })).not.toEqual(readout({ ...noisy, draws: drawsOf(2) }));
    });
  });

  test("need draws", () => {
    using(smallModel(), (model) => {
      const batch = batchFor(model);
      for (const options of [{ sample: true }, { dropout: 0.1 }]) {
        expect(() => model.forward([batch], options)).toThrow(
          "LFADS.forward: sampling and dropout need draws",
        );
      }
    });
  });
});

describe("sessions", () => {
  const sessions = [{ channels: 4 }, { channels: { encode: 3, reconstruct: 6 } }, { channels: 5 }];

  test.each([0, 2])("each gets what it would get alone (%d external inputs)", (externalInputs) => {
    using(smallModel({ sessions, externalInputs }), (model) => {
      const batches = [
        batchFor(model, { session: 1, trials: 2 }),
        batchFor(model, { session: 0, trials: 3 }),
        batchFor(model, { session: 1, trials: 1, seed: "again" }),
      ];
      const together = model.forward(batches);
      expect(together.initialCondition.mean.shape).toEqual([6, 3]);
      let row = 0;
      batches.forEach((batch, i) => {
        const alone = model.forward([batch]);
        const trials = batch.encode.shape[0]!;
        for (const name of ["readout", "factors"] as const) {
          const [own, shared] = [alone.sessions[0]![name], together.sessions[i]![name]];
          expect(shared.shape).toEqual(own.shape);
          expect(numbers(shared)).toEqual(numbers(own));
        }
        const ic = slice(together.initialCondition.mean, [row, 0], [trials, -1]);
        expect(numbers(ic)).toEqual(numbers(alone.initialCondition.mean));
        row += trials;
      });
    });
  });

  test("read-in and readout are those of the session", () => {
    using(smallModel({ sessions: [{ channels: 4 }, { channels: 4 }] }), (model) => {
      const [first, second] = [0, 1].map((session) => ({ ...batchFor(model), session }));
      const [a, b] = [first!, second!].map((batch) => model.forward([batch]));
      expect(numbers(a!.initialCondition.mean)).not.toEqual(numbers(b!.initialCondition.mean));
      const { session: _, ...without } = first!;
      const byDefault = model.forward([without]).sessions[0]!.readout;
      expect(numbers(byDefault)).toEqual(numbers(a!.sessions[0]!.readout));
      const factors = a!.sessions[0]!.factors;
      const p = model.parameters;
      const expected = linear(factors, p["readout.0.weight"]!, p["readout.0.bias"]!);
      expect(numbers(a!.sessions[0]!.readout)).toEqual(numbers(expected));
    });
  });
});

test("a generator and a controller of one's own", () => {
  /** h' = tanh(W x + h). */
  const simple =
    (stateSize: number) =>
    (inputSize: number): Cell => ({
      ...{ inputSize, stateSize, recurrentKernels: [] },
      init: (stream) => ({
        weight: drawsOf(stream.toJSON().key[0]).normal("weight", [stateSize, inputSize]),
      }),
      step: ({ weight }, input, state) => tanh(add(linear(input!, weight!), state)),
    });
  using(
    smallModel({ generator: { cell: simple(4) }, controller: { cell: simple(3), outputs: 2 } }),
    (model) => {
      expect(model.parameters["decoder.rnn.cell.gen_cell.weight"]!.shape).toEqual([4, 2]);
      expect(model.parameters["decoder.rnn.cell.con_cell.weight"]!.shape).toEqual([3, 128 + 3]);
      expect(model.recurrentKernels).toMatchObject({ generator: [], controller: [] });
      expect(model.forward([batchFor(model)]).decoder.generatorStates.shape).toEqual([6, 3, 4]);
    },
  );
});

describe("refuses", () => {
  test("data that does not fit", () => {
    using(smallModel({ externalInputs: 2, bins: { encode: 6, reconstruct: 8 } }), (model) => {
      const batch = batchFor(model);
      const run = (changes: Partial<Batch>) => () => model.forward([{ ...batch, ...changes }]);
      const wrong = (x: Tensor, ...size: [number, number, number]) => slice(x, [0, 0, 0], size);
      expect(run({ encode: wrong(batch.encode, -1, 5, -1) })).toThrow(
        "LFADS.forward: encode must be [trials, 6, 5], got [3,5,5]",
      );
      expect(run({ encode: wrong(batch.encode, -1, -1, 4) })).toThrow(
        "LFADS.forward: encode must be [trials, 6, 5], got [3,6,4]",
      );
      expect(run({ encode: reshape(batch.encode, [18, 5]) })).toThrow(
        "LFADS.forward: encode must be [trials, 6, 5], got [18,5]",
      );
      expect(run({ session: 1 })).toThrow("LFADS.forward: session must be less than 1, got 1");
      expect(run({ session: -1 })).toThrow("LFADS.forward: session must be less than 1, got -1");
      const inputs = "LFADS.forward: externalInputs must be [3, at most 8, 2], got";
      expect(run({ externalInputs: wrong(batch.externalInputs!, 2, -1, -1) })).toThrow(`${inputs} [2,8,2]`);
      expect(run({ externalInputs: wrong(batch.externalInputs!, -1, -1, 1) })).toThrow(`${inputs} [3,8,1]`);
      expect(run({ externalInputs: concat([batch.externalInputs!, batch.externalInputs!], 1) })).toThrow(
        `${inputs} [3,16,2]`,
      );
      const { externalInputs: _, ...without } = batch;
      expect(() => model.forward([without])).toThrow(`${inputs} none`);
    });
    using(smallModel(), (model) => {
      const batch = batchFor(model);
      expect(() => model.forward([{ ...batch, externalInputs: batch.encode }])).toThrow(
        "LFADS.forward: externalInputs must be [3, at most 6, 0], got [3,6,5]",
      );
    });
  });
});
