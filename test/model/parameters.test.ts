import { readFileSync } from "node:fs";
import { dispose, memory, tensor, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/data";
import { LFADS, type LFADSOptions } from "../../src/model";
import { useBackend } from "../backend";
import { smallModel } from "./support";

beforeAll(() => useBackend("cpu"));

function fixture(name: string) {
  const path = new URL(`../fixtures/lfads-torch/${name}.safetensors`, import.meta.url);
  const { tensors, metadata } = readSafetensors(readFileSync(path));
  const shapes = Object.entries(tensors)
    .filter(([key]) => key.startsWith("param/") && !key.endsWith("bias_hh"))
    .map(([key, { shape }]): [string, readonly number[]] => [key.slice("param/".length), shape]);
  return {
    shapes: Object.fromEntries(shapes),
    h: JSON.parse(metadata.hparams!) as Record<string, number>,
    channels: JSON.parse(metadata.case!) as { recon_ch: number[]; readin?: { encod_ch: number[] } },
    controlled: metadata.use_con === "true",
    untrained: JSON.parse(metadata.no_grad_params!) as string[],
  };
}

describe("names and shapes are those of lfads-torch", () => {
  test.each([
    "01_full_controller_ar1",
    "01e_deterministic",
    "02_no_controller",
    "03_ic_enc_seq_len",
    "04_ext_input",
    "04b_ext_input_no_controller",
    "08a_coordinated_dropout",
    "11a_multisession",
  ])("%s", (name) => {
    const { shapes, h, channels, controlled, untrained } = fixture(name);
    const encode = channels.readin?.encod_ch ?? [h.encod_data_dim!];
    const sessions = encode.map((n, i) => ({
      channels: { encode: n, reconstruct: channels.recon_ch[i]! },
      freezeReadin: untrained.includes(`readin.${i}.weight`),
    }));
    const model = new LFADS({
      ...(channels.readin ? { sessions, readin: h.encod_data_dim! } : { channels: sessions[0]!.channels }),
      bins: { encode: h.encod_seq_len!, reconstruct: h.recon_seq_len!, initialCondition: h.ic_enc_seq_len! },
      externalInputs: h.ext_input_dim!,
      variational: Boolean(h.variational),
      initialCondition: { encoderUnits: h.ic_enc_dim!, size: h.ic_dim! },
      controller: controlled && { encoderUnits: h.ci_enc_dim!, units: h.con_dim!, outputs: h.co_dim! },
      generator: { units: h.gen_dim! },
      factors: h.fac_dim!,
    } as LFADSOptions);
    const own = Object.entries(model.parameters).map(([key, { shape }]) => [key, shape]);
    expect(Object.fromEntries(own)).toEqual(shapes);
    expect([...model.frozen].sort()).toEqual(untrained.filter((key) => !key.endsWith("bias_hh")).sort());
    model.dispose();
  });
});

describe("initial values", () => {
  const valuesOf = (model: LFADS) => {
    const values = Object.entries(model.parameters).map(([name, value]) => [name, [...value.dataSync()]]);
    model.dispose();
    return Object.fromEntries(values) as Record<string, number[]>;
  };

  test("the same seed gives the same parameters, another seed others", () => {
    const [a, b, c, d] = [0, 0, 1, "name"].map((seed) => valuesOf(smallModel({ seed })));
    expect(b).toEqual(a);
    expect(valuesOf(smallModel())).toEqual(a);
    for (const other of [c!, d!]) {
      for (const [name, values] of Object.entries(other)) {
        const random = name.includes("weight");
        if (random) expect(values, name).not.toEqual(a![name]);
        else expect(values, name).toEqual(a![name]);
      }
    }
  });

  test("no two weights are alike", () => {
    const values = Object.entries(valuesOf(smallModel({ bins: 6 }))).filter(([name]) =>
      name.includes("weight"),
    );
    expect(new Set(values.map(([, [first]]) => first)).size).toBe(values.length);
  });

  test("adding a part leaves the parameters of the others", () => {
    const plain = valuesOf(smallModel());
    const more = valuesOf(smallModel({ channels: { encode: 5, reconstruct: 8 } }));
    for (const [name, values] of Object.entries(plain)) {
      if (!name.startsWith("readout")) expect(more[name], name).toEqual(values);
    }
  });

  test("initial states and biases are 0, gates open, priors at their options", () => {
    const p = valuesOf(smallModel());
    const all = (name: string, value: number) =>
      expect(new Set(p[name]), name).toEqual(new Set([Math.fround(value)]));
    for (const name of ["encoder.ic_enc_h0", "encoder.ci_enc_h0", "decoder.con_h0", "readout.0.bias"])
      all(name, 0);
    for (const name of ["decoder.ic_to_g0.bias", "encoder.ic_linear.bias", "ic_prior.mean"]) all(name, 0);
    all("ic_prior.logvar", Math.log(0.1));
    all("co_prior.logtaus", Math.log(10));
    all("co_prior.lognvars", Math.log(0.1));
    expect(p["decoder.rnn.cell.gen_cell.bias_ih"]).toEqual([
      ...new Array(12).fill(1),
      ...new Array(6).fill(0),
    ]);
  });

  test("maps that are given are taken over", () => {
    const readin = { weight: Array.from({ length: 8 }, (_, i) => i), bias: [0.5, -0.5] };
    const readout = { weight: new Float64Array(12).fill(0.25), bias: new Float32Array([1, 2, 3, 4]) };
    const p = valuesOf(
      smallModel({ sessions: [{ channels: 4, readin, readout }], readin: 2 } as LFADSOptions),
    );
    expect(p["readin.0.weight"]).toEqual(readin.weight);
    expect(p["readin.0.bias"]).toEqual(readin.bias);
    expect(p["readout.0.weight"]).toEqual([...readout.weight]);
    expect(p["readout.0.bias"]).toEqual([...readout.bias]);
  });
});

describe("setParameters", () => {
  const name = "ic_prior.mean";

  test("takes the new tensor over and frees the old one", () => {
    const before = memory().numTensors;
    const model = smallModel();
    const count = memory().numTensors;
    const old = model.parameters[name]!;
    const value = tensor([1, 2, 3]);
    model.setParameters({ [name]: value });
    expect(model.parameters[name]).toBe(value);
    expect(old.isDisposed).toBe(true);
    expect(memory().numTensors).toBe(count);
    model.setParameters({ [name]: value });
    model.setParameters({});
    expect([...value.dataSync()]).toEqual([1, 2, 3]);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test("tensors may change places", () => {
    const model = smallModel();
    const [forward, backward] = ["fwd", "bwd"].map((d) => `encoder.ic_enc.${d}_gru.cell.weight_hh`) as [
      string,
      string,
    ];
    const [a, b] = [model.parameters[forward]!, model.parameters[backward]!];
    const values = [[...a.dataSync()], [...b.dataSync()]];
    model.setParameters({ [forward]: b, [backward]: a });
    expect([forward, backward].map((key) => [...model.parameters[key]!.dataSync()])).toEqual(
      values.reverse(),
    );
    model.dispose();
  });

  test("an error changes nothing", () => {
    const model = smallModel();
    const old = model.parameters[name]!;
    const [value, wrong] = [zeros([3]), zeros([4])];
    expect(() => model.setParameters({ [name]: value, "ic_prior.median": value })).toThrow(
      'LFADS.setParameters: the model has no parameter "ic_prior.median"',
    );
    expect(() => model.setParameters({ [name]: wrong })).toThrow(
      "LFADS.setParameters: ic_prior.mean must have shape [3], got [4]",
    );
    expect(() => model.setParameters({ [name]: value, "ic_prior.logvar": wrong })).toThrow(
      "LFADS.setParameters: ic_prior.logvar must have shape [3], got [4]",
    );
    expect(model.parameters[name]).toBe(old);
    expect(old.isDisposed || value.isDisposed || wrong.isDisposed).toBe(false);
    dispose([value, wrong]);
    model.dispose();
  });
});

test("recurrent kernels are those that the model has", () => {
  const model = smallModel();
  expect(model.recurrentKernels).toEqual({
    icEncoder: ["fwd", "bwd"].map((d) => `encoder.ic_enc.${d}_gru.cell.weight_hh`),
    ciEncoder: ["fwd", "bwd"].map((d) => `encoder.ci_enc.${d}_gru.cell.weight_hh`),
    generator: ["decoder.rnn.cell.gen_cell.weight_hh"],
    controller: ["decoder.rnn.cell.con_cell.weight_hh"],
  });
  const alone = smallModel({ controller: false });
  expect(alone.recurrentKernels).toMatchObject({ ciEncoder: [], controller: [] });
  for (const each of [model, alone]) {
    for (const kernel of Object.values(each.recurrentKernels).flat()) {
      expect(each.parameters[kernel]).toBeDefined();
    }
    each.dispose();
  }
});
