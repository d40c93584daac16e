import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ndarray, readSafetensors, writeSafetensors } from "../../src/data";
import { deserializeTrainingState, serializeTrainingState, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import { differences, tinyData, trainOn } from "./support";

let fresh: TrainingState;
let trained: TrainingState;
beforeAll(async () => {
  await useBackend("cpu");
  fresh = (await trainOn(tinyData(), { epochs: 0 })).state;
  trained = (await trainOn(tinyData(), { epochs: 1 })).state;
});

describe("round trip", () => {
  test("a state comes back as it was, before and after the first epoch", () => {
    for (const state of [fresh, trained]) {
      const back = deserializeTrainingState(serializeTrainingState(state));
      expect(back).toEqual(state);
      expect(differences(back, state)).toEqual([]);
    }
    expect([fresh.best, fresh.smoothedScore, fresh.stopping.best, fresh.plateau.best]).toEqual([
      null,
      null,
      Infinity,
      Infinity,
    ]);
    expect(trained.history[0]!.train.heldOut).toBeNaN();
    expect(trained.best?.epoch).toBe(0);
  });

  test("every number survives: not finite ones, and doubles to the last bit", () => {
    const numbers = [
      Number.NaN,
      Infinity,
      -Infinity,
      0.1 + 0.2,
      5e-324,
      Number.MAX_VALUE,
      2 ** 53 + 2,
      1 / 3,
    ];
    const parameters = {
      ...trained.parameters,
      odd: ndarray(Float32Array.from([Number.NaN, Infinity, -Infinity, -0, 1e-45, 0.1]), [2, 3]),
      scalar: ndarray(Float32Array.of(7), []),
    };
    const state: TrainingState = { ...trained, parameters, sums: { weight: 0.1, sums: numbers } };
    const back = deserializeTrainingState(serializeTrainingState(state));
    expect(back.sums.sums.every((value, i) => Object.is(value, numbers[i]))).toBe(true);
    expect(Array.from(back.parameters.odd!.data, (x, i) => Object.is(x, parameters.odd.data[i]))).toEqual(
      Array(6).fill(true),
    );
    expect([back.parameters.odd!.shape, back.parameters.scalar!.shape]).toEqual([[2, 3], []]);
  });

  test("equal states give equal bytes", () => {
    const bytes = serializeTrainingState(trained);
    expect(serializeTrainingState(deserializeTrainingState(bytes))).toEqual(bytes);
  });

  test("bytes at any offset of a buffer are read", () => {
    const bytes = serializeTrainingState(trained);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(deserializeTrainingState(shifted.subarray(3))).toEqual(trained);
  });
});

describe("what is not a state", () => {
  test("cut short or lengthened", () => {
    const bytes = serializeTrainingState(trained);
    for (const length of [0, 1, 7, 8, 9, 100, bytes.length / 2, bytes.length - 4, bytes.length - 1]) {
      expect(() => deserializeTrainingState(bytes.slice(0, length))).toThrow(/^readSafetensors: .*got/);
    }
    const longer = new Uint8Array(bytes.length + 4);
    longer.set(bytes);
    expect(() => deserializeTrainingState(longer)).toThrow(/^readSafetensors: .*got/);
  });

  test("another safetensors file", () => {
    expect(() => deserializeTrainingState(writeSafetensors({}))).toThrow(
      'deserializeTrainingState: the file must have the format "lfads training state 1", got "undefined"',
    );
    expect(() => deserializeTrainingState(writeSafetensors({}, { format: "pt", state: "{}" }))).toThrow(
      'got "pt"',
    );
  });

  const changed = (
    change: (
      metadata: Record<string, string>,
      tensors: ReturnType<typeof readSafetensors>["tensors"],
    ) => {
      metadata?: Record<string, string>;
      tensors?: ReturnType<typeof readSafetensors>["tensors"];
    },
  ) => {
    const file = readSafetensors(serializeTrainingState(trained));
    const { metadata = file.metadata, tensors = file.tensors } = change({ ...file.metadata }, file.tensors);
    return writeSafetensors(tensors, metadata);
  };

  test("a state that is no JSON, no object, or not complete", () => {
    const read = (state: string) =>
      deserializeTrainingState(changed((metadata) => ({ metadata: { ...metadata, state } })));
    expect(() => read("{")).toThrow(/^deserializeTrainingState: the state must be JSON: /);
    for (const empty of ["{}", "null", "3", '"text"', "[]"]) {
      expect(() => read(empty)).toThrow(
        /^deserializeTrainingState: the state must be complete, it lacks .*epoch, batch.*history/,
      );
    }
    const { plateau: _, ...rest } = JSON.parse(
      readSafetensors(serializeTrainingState(trained)).metadata.state!,
    );
    expect(() => read(JSON.stringify(rest))).toThrow(/it lacks plateau$/);
  });

  test("parameters that are not float32", () => {
    const bytes = changed((_, tensors) => ({
      tensors: { ...tensors, "parameters/x": ndarray(Float64Array.of(1), [1]) },
    }));
    expect(() => deserializeTrainingState(bytes)).toThrow(
      "deserializeTrainingState: parameters/x must be float32, got Float64Array",
    );
  });

  test("damaged bytes give an error or a state, nothing worse", () => {
    const bytes = serializeTrainingState(trained);
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const edit = fc.record({ at: fc.nat(header - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const damaged = bytes.slice();
        for (const { at, value } of edits) damaged[at] = value;
        try {
          deserializeTrainingState(damaged);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(readSafetensors|deserializeTrainingState): /);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
