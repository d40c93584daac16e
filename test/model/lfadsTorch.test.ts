import { readFileSync } from "node:fs";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type NdArray, ndarray, readSafetensors, writeSafetensors } from "../../src/data";
import { type LFADS, type LFADSOptions, loadLfadsTorch, saveLfadsTorch } from "../../src/model";
import { useBackend } from "../backend";
import { smallModel } from "./support";

beforeAll(() => useBackend("cpu"));

function valuesOf(model: LFADS): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, value]) => [name, Array.from(value.dataSync())]),
  );
}

async function tensorsOf(model: LFADS): Promise<Record<string, NdArray>> {
  return { ...readSafetensors(await saveLfadsTorch(model)).tensors };
}

/** Runs `f` with two models of other parameters, freed afterwards, and counts tensors. */
async function using(
  options: Partial<LFADSOptions>,
  f: (from: LFADS, to: LFADS) => Promise<void>,
): Promise<void> {
  const before = memory().numTensors;
  const [from, to] = [1, 2].map((seed) => smallModel({ ...options, seed } as LFADSOptions)) as [LFADS, LFADS];
  const made = memory().numTensors;
  await f(from, to);
  expect(memory().numTensors).toBe(made);
  from.dispose();
  to.dispose();
  expect(memory().numTensors).toBe(before);
}

describe("there and back", () => {
  test.each<[string, Partial<LFADSOptions>]>([
    ["controller", {}],
    ["no controller", { controller: false }],
    ["no controller, external inputs", { controller: false, externalInputs: 2 }],
    ["deterministic", { variational: false }],
    [
      "sessions",
      { sessions: [{ channels: 4 }, { channels: { encode: 3, reconstruct: 5 } }] } as Partial<LFADSOptions>,
    ],
  ])("%s", (_, options) =>
    using(options, async (from, to) => {
      expect(valuesOf(to)).not.toEqual(valuesOf(from));
      loadLfadsTorch(to, await saveLfadsTorch(from));
      expect(valuesOf(to)).toEqual(valuesOf(from));
    }),
  );
});

test("the file holds what lfads-torch has and this library has not", async () => {
  await using({ controller: false }, async (from) => {
    const tensors = await tensorsOf(from);
    const extra = Object.entries(tensors).filter(([name]) => !from.parameters[name]);
    expect(Object.fromEntries(extra.map(([name, { shape }]) => [name, shape]))).toEqual({
      "encoder.ic_enc.fwd_gru.cell.bias_hh": [12],
      "encoder.ic_enc.bwd_gru.cell.bias_hh": [12],
      "decoder.rnn.cell.gen_cell.bias_hh": [18],
      "decoder.rnn.cell.gen_cell.weight_ih": [18, 0],
      "decoder.con_h0": [1, 0],
      "co_prior.logtaus": [0],
      "co_prior.lognvars": [0],
    });
    for (const [, { data }] of extra) expect(Array.from(data).every((value) => value === 0)).toBe(true);
  });
  await using({}, async (from) => {
    const bytes = await saveLfadsTorch(from);
    const { tensors, metadata } = readSafetensors(bytes);
    expect(metadata).toEqual({ format: "pt" });
    const names = Object.keys(tensors).filter((name) => !from.parameters[name]);
    expect(names).toHaveLength(6);
    expect(names.every((name) => name.endsWith(".cell.bias_hh") || name.endsWith("_cell.bias_hh"))).toBe(
      true,
    );
    for (const [name, value] of Object.entries(from.parameters)) {
      expect([tensors[name]!.shape, Array.from(tensors[name]!.data)]).toEqual([
        value.shape,
        valuesOf(from)[name],
      ]);
    }
  });
});

test("its names are those of a state dict of lfads-torch", async () => {
  const path = new URL("../fixtures/lfads-torch/01_full_controller_ar1.safetensors", import.meta.url);
  const golden = Object.keys(readSafetensors(readFileSync(path)).tensors).filter((name) =>
    name.startsWith("param/"),
  );
  await using({}, async (from) => {
    expect(
      Object.keys(await tensorsOf(from))
        .map((name) => `param/${name}`)
        .sort(),
    ).toEqual(golden.sort());
  });
});

describe("loading", () => {
  const bias = "decoder.rnn.cell.gen_cell.bias_hh";

  test("files of doubles, and files without what is zero", () =>
    using({}, async (from, to) => {
      const tensors = await tensorsOf(from);
      const doubles = Object.entries(tensors)
        .filter(([name]) => !name.endsWith("bias_hh"))
        .map(([name, { data, shape }]) => [name, ndarray(Float64Array.from(data), shape)] as const);
      loadLfadsTorch(to, writeSafetensors(Object.fromEntries(doubles)));
      expect(valuesOf(to)).toEqual(valuesOf(from));
    }));

  test("refuses what is not the model, and leaves it as it was", () =>
    using({}, async (from, to) => {
      const tensors = await tensorsOf(from);
      const before = valuesOf(to);
      const load = (changes: Record<string, NdArray | undefined>) => () => {
        const changed = Object.entries({ ...tensors, ...changes }).filter(([, value]) => value);
        loadLfadsTorch(to, writeSafetensors(Object.fromEntries(changed) as Record<string, NdArray>));
      };
      expect(load({ "ic_prior.mean": undefined })).toThrow("missing: ic_prior.mean; unknown: none");
      expect(load({ "ic_prior.mean": undefined, "readout.0.bias": undefined })).toThrow(
        "loadLfadsTorch: the parameters must be those of the model; missing: ic_prior.mean, readout.0.bias; unknown: none",
      );
      expect(load({ "readin.0.bias": ndarray(new Float32Array(2), [2]) })).toThrow(
        "loadLfadsTorch: the parameters must be those of the model; missing: none; unknown: readin.0.bias",
      );
      expect(load({ "ic_prior.mean": ndarray(new Float32Array(4), [4]) })).toThrow(
        "loadLfadsTorch: ic_prior.mean must have shape [3], got [4]",
      );
      const wrong = new Float32Array(18);
      wrong[7] = 1e-20;
      expect(load({ [bias]: ndarray(wrong, [18]) })).toThrow(
        `loadLfadsTorch: ${bias} must be zero, as lfads-torch freezes it`,
      );
      wrong[7] = Number.NaN;
      expect(load({ [bias]: ndarray(wrong, [18]) })).toThrow(`loadLfadsTorch: ${bias} must be zero`);
      expect(() => loadLfadsTorch(to, new Uint8Array(4))).toThrow(/readSafetensors/);
      expect(valuesOf(to)).toEqual(before);
      expect(load({ nothing: ndarray(new Float32Array(0), [0, 3]) })).not.toThrow();
    }));
});
