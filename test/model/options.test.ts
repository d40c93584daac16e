import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { LFADS, type LFADSOptions } from "../../src/model";
import type { Cell } from "../../src/modules";
import { normalPrior, nullPrior, studentTPrior } from "../../src/priors";
import { gaussian, poisson } from "../../src/reconstructions";
import { useBackend } from "../backend";
import { small } from "./support";

beforeAll(() => useBackend("cpu"));

/** The resolved options; no tensors are kept. */
function resolve(options: LFADSOptions) {
  const model = new LFADS(options);
  model.dispose();
  return model.architecture;
}

const zeros = (count: number) => new Float32Array(count);

describe("defaults", () => {
  test("channels and bins are all that a model needs", () => {
    const architecture = resolve({ channels: 52, bins: 20 });
    const { initialCondition, controller, sessions } = architecture;
    expect(architecture).toMatchObject({
      bins: { encode: 20, reconstruct: 20, initialCondition: 0 },
      readin: null,
      externalInputs: 0,
      variational: true,
      factors: 40,
      cellClip: 5,
      seed: 0,
      generator: { units: 100 },
    });
    expect(initialCondition).toMatchObject({ encoderUnits: 64, size: 64, posteriorVarianceMin: 1e-4 });
    expect(controller).toMatchObject({ encoderUnits: 64, units: 64, outputs: 4, lag: 1 });
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ encode: 52, reconstruct: 52, readin: null, readout: null });
    expect(sessions[0]!.reconstruction.counts).toBe(true);
  });

  test("sessions read into as many columns as there are factors", () => {
    const { readin, sessions } = resolve({
      ...{ ...small, bins: 6, reconstruction: gaussian() },
      sessions: [{ channels: 4 }, { channels: { encode: 3, reconstruct: 5 }, reconstruction: poisson() }],
    });
    expect(readin).toBe(3);
    expect(sessions.map(({ encode, reconstruct }) => [encode, reconstruct])).toEqual([
      [4, 4],
      [3, 5],
    ]);
    expect(sessions.map(({ reconstruction }) => reconstruction.parametersPerChannel)).toEqual([2, 1]);
  });

  test("a read-in that is given is frozen unless said otherwise", () => {
    const readin = { weight: zeros(8), bias: zeros(2) };
    const model = new LFADS({
      ...{ ...small, bins: 6, readin: 2 },
      sessions: [
        { channels: 4 },
        { channels: 4, readin },
        { channels: 4, readin, freezeReadin: false },
        { channels: 4, freezeReadin: true },
      ],
    });
    expect([...model.frozen]).toEqual([
      "ic_prior.logvar",
      ...["readin.1.weight", "readin.1.bias", "readin.3.weight", "readin.3.bias"],
    ]);
    model.dispose();
  });

  test("a deterministic model has no priors", () => {
    const model = new LFADS({ ...small, channels: 5, bins: 6, variational: false });
    expect([...model.frozen]).toEqual([]);
    expect(Object.keys(model.parameters).filter((name) => name.includes("prior"))).toEqual([]);
    model.dispose();
  });
});

describe("errors name the option, the rule and the value", () => {
  const one = { ...small, channels: 5, bins: 6 };
  const change = (changes: object) => ({ ...one, ...changes }) as unknown as LFADSOptions;
  const several = (changes: object) => ({ ...small, bins: 6, ...changes }) as unknown as LFADSOptions;
  const least = (name: string, value: unknown, bound = 1) =>
    `LFADS: ${name} must be an integer of at least ${bound}, got ${value}`;

  test.each<[string, object, string]>([
    ["no channels", { channels: undefined }, least("channels.encode", undefined)],
    ["channels", { channels: 0 }, least("channels.encode", 0)],
    ["channels.encode", { channels: { encode: 1.5, reconstruct: 2 } }, least("channels.encode", 1.5)],
    [
      "channels.reconstruct",
      { channels: { encode: 5, reconstruct: 4 } },
      "LFADS: channels.reconstruct must be an integer of at least channels.encode = 5, got 4",
    ],
    ["no bins", { bins: undefined }, least("bins.encode", undefined)],
    ["bins", { bins: -1 }, least("bins.encode", -1)],
    [
      "bins.reconstruct",
      { bins: { encode: 6, reconstruct: 6.5 } },
      "LFADS: bins.reconstruct must be an integer of at least bins.encode = 6, got 6.5",
    ],
    [
      "bins.initialCondition",
      { bins: { encode: 6, reconstruct: 8, initialCondition: 6 } },
      "LFADS: bins.initialCondition must be less than bins.encode = 6, got 6",
    ],
    [
      "negative bins.initialCondition",
      { bins: { encode: 6, reconstruct: 8, initialCondition: -1 } },
      least("bins.initialCondition", -1, 0),
    ],
    ["externalInputs", { externalInputs: -1 }, least("externalInputs", -1, 0)],
    ["factors", { factors: 0 }, least("factors", 0)],
    ["initialCondition.size", { initialCondition: { size: 0 } }, least("initialCondition.size", 0)],
    [
      "initialCondition.encoderUnits",
      { initialCondition: { encoderUnits: 0.5 } },
      least("initialCondition.encoderUnits", 0.5),
    ],
    [
      "initialCondition.posteriorVarianceMin",
      { initialCondition: { posteriorVarianceMin: -1 } },
      "LFADS: initialCondition.posteriorVarianceMin must not be negative, got -1",
    ],
    [
      "initialCondition.posteriorVarianceMin, NaN",
      { initialCondition: { posteriorVarianceMin: Number.NaN } },
      "LFADS: initialCondition.posteriorVarianceMin must not be negative, got NaN",
    ],
    ["generator.units", { generator: { units: 0 } }, least("generator.units", 0)],
    ["controller.units", { controller: { units: 0 } }, least("controller.units", 0)],
    ["controller.encoderUnits", { controller: { encoderUnits: 0 } }, least("controller.encoderUnits", 0)],
    ["controller.outputs", { controller: { outputs: 0 } }, least("controller.outputs", 0)],
    ["controller.lag", { controller: { lag: -1 } }, least("controller.lag", -1, 0)],
    ["cellClip", { cellClip: 0 }, "LFADS: cellClip must be positive, got 0"],
    [
      "channels and sessions",
      { sessions: [{ channels: 5 }] },
      "LFADS: give either channels or sessions, not both",
    ],
    [
      "a prior of a deterministic model",
      { variational: false, initialCondition: { prior: normalPrior() } },
      "LFADS: variational: false has no posteriors, so a prior cannot be given",
    ],
    [
      "a controller's prior of a deterministic model",
      { variational: false, controller: { prior: studentTPrior() } },
      "LFADS: variational: false has no posteriors, so a prior cannot be given",
    ],
  ])("%s", (_, changes, message) => {
    const before = memory().numTensors;
    expect(() => new LFADS(change(changes))).toThrow(message);
    expect(memory().numTensors).toBe(before);
  });

  test("of sessions", () => {
    const session = { channels: 4 };
    const make = (changes: object) => () => new LFADS(several(changes));
    expect(make({ sessions: [] })).toThrow("LFADS: sessions must hold at least one session, got none");
    expect(make({ sessions: [session, { channels: 0 }] })).toThrow(least("sessions[1].channels.encode", 0));
    expect(make({ sessions: [session, { channels: { encode: 3, reconstruct: 2 } }] })).toThrow(
      "LFADS: sessions[1].channels.reconstruct must be an integer of at least sessions[1].channels.encode = 3, got 2",
    );
    expect(make({ sessions: [session], readin: 0 })).toThrow(least("readin", 0));
    expect(
      make({ sessions: [session, { ...session, readin: { weight: zeros(11), bias: zeros(3) } }] }),
    ).toThrow("LFADS: sessions[1].readin must have 3 x 4 weights and 3 biases, got 11 and 3");
    expect(make({ sessions: [{ ...session, readin: { weight: zeros(12), bias: zeros(4) } }] })).toThrow(
      "LFADS: sessions[0].readin must have 3 x 4 weights and 3 biases, got 12 and 4",
    );
    expect(
      make({
        sessions: [
          { ...session, reconstruction: gaussian(), readout: { weight: zeros(12), bias: zeros(8) } },
        ],
      }),
    ).toThrow("LFADS: sessions[0].readout must have 8 x 3 weights and 8 biases, got 12 and 8");
  });

  test("of a generator of one's own that is too narrow", () => {
    const cell = (): Cell => ({
      ...{ inputSize: 1, stateSize: 2, recurrentKernels: [] },
      init: () => ({}),
      step: (_, __, state) => state,
    });
    expect(() => new LFADS(change({ generator: { cell } }))).toThrow(
      "LFADS: the generator's cell must take 2 inputs, got one for 1",
    );
  });

  test("but the least posterior variance may be 0", () => {
    const { initialCondition } = resolve(change({ initialCondition: { posteriorVarianceMin: 0 } }));
    expect(initialCondition).toMatchObject({ posteriorVarianceMin: 0, encoderUnits: 64 });
  });

  test("and a null prior may be given to a variational model", () => {
    expect(resolve(change({ initialCondition: { prior: nullPrior() } })).variational).toBe(true);
  });
});
