import { dispose, mean, mul, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Batch, coordinatedDropout, sampleValidation, weightLoss } from "../../src/augmentations";
import { type LFADS, type LossOptions, l2Penalty, lfadsLoss } from "../../src/model";
import { gaussian, poisson, type Reconstruction, zeroInflatedGamma } from "../../src/reconstructions";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { relativeError } from "../ops/differences";
import { batchFor, compute, drawsOf, scales, smallModel } from "./support";

beforeAll(() => useBackend("cpu"));

type Options = Partial<Omit<LossOptions, "draws">>;

/** All parts of the loss as numbers. */
function lossOf(model: LFADS, batches: readonly Batch[], options: Options = {}) {
  return compute(() => {
    const draws = drawsOf("loss");
    const output = model.forward(batches, { draws, sample: true });
    const { sessions, heldOut, ...parts } = lfadsLoss(model, batches, output, { scales, draws, ...options });
    const number = (x: Tensor) => {
      expect(x.shape).toEqual([]);
      return x.dataSync()[0]!;
    };
    const values = Object.entries(parts).map(([name, x]) => [name, number(x)] as const);
    return {
      ...(Object.fromEntries(values) as Record<keyof typeof parts, number>),
      sessions: sessions.map(number),
      heldOut: heldOut && number(heldOut),
    };
  });
}

/** Runs `f` with a model and a batch that are freed afterwards. */
function using(model: LFADS, f: (model: LFADS, batch: Batch) => void): void {
  const batch = batchFor(model);
  f(model, batch);
  dispose([batch.encode, batch.reconstruct]);
  model.dispose();
}

function expectClose(actual: number, expected: number): void {
  expect(relativeError([actual], [expected], 1e-6)).toBeLessThan(1e-5);
}

describe("lfadsLoss", () => {
  test("is the scaled sum of its parts, with ramps", () => {
    using(smallModel(), (model, batch) => {
      const full = lossOf(model, [batch]);
      const kl = full.klInitialCondition + full.klControllerOutput;
      expect(full.klInitialCondition).toBeGreaterThan(0);
      expect(full.l2).toBeGreaterThan(0);
      expectClose(full.total, 1e4 * (full.reconstruction + full.l2 + kl));
      const ramped = lossOf(model, [batch], { klRamp: 0.25, l2Ramp: 0.5, lossScale: 3 });
      expect({ ...ramped, total: 0 }).toEqual({ ...full, total: 0 });
      expectClose(ramped.total, 3 * (full.reconstruction + 0.5 * full.l2 + 0.25 * kl));
      expect(lossOf(model, [batch], { klRamp: 0, l2Ramp: 0, lossScale: 1 }).total).toBe(full.reconstruction);
    });
  });

  test("every penalty has its own scale", () => {
    using(smallModel(), (model, batch) => {
      const full = lossOf(model, [batch]);
      const ic = lossOf(model, [batch], { scales: { ...scales, klInitialCondition: 0.06 } });
      expectClose(ic.klInitialCondition, 3 * full.klInitialCondition);
      expect(ic.klControllerOutput).toBe(full.klControllerOutput);
      const co = lossOf(model, [batch], { scales: { ...scales, klControllerOutput: 0.06 } });
      expectClose(co.klControllerOutput, 2 * full.klControllerOutput);
      expect(co.klInitialCondition).toBe(full.klInitialCondition);
    });
  });

  test("reconstruction is the mean over everything, or the mean over trials of sums", () => {
    using(smallModel(), (model, batch) => {
      const elementwise = compute(() => {
        const { readout } = model.forward([batch], { draws: drawsOf("loss"), sample: true }).sessions[0]!;
        return Array.from(poisson().loss(batch.reconstruct, readout, {}).dataSync());
      });
      const total = elementwise.reduce((all, value) => all + value, 0);
      expectClose(lossOf(model, [batch]).reconstruction, total / (3 * 6 * 5));
      expectClose(lossOf(model, [batch], { sumReconstruction: true }).reconstruction, total / 3);
    });
  });

  test("sessions count alike, however many trials they have", () => {
    const model = smallModel({ sessions: [{ channels: 4 }, { channels: 6, reconstruction: gaussian() }] });
    const batches = [batchFor(model, { session: 0, trials: 7 }), batchFor(model, { session: 1, trials: 2 })];
    const first = lossOf(model, [batches[0]!]);
    const both = lossOf(model, batches);
    expect(first.sessions).toEqual([first.reconstruction]);
    // Its trials come first, so that they draw the same noise.
    expectClose(both.sessions[0]!, first.reconstruction);
    expect(both.sessions).toHaveLength(2);
    expect(both.sessions[1]).not.toBe(both.sessions[0]);
    expectClose(both.reconstruction, (both.sessions[0]! + both.sessions[1]!) / 2);
    const second = lossOf(model, [batches[1]!]);
    expect(second.sessions).toEqual([second.reconstruction]);
    expect(second.l2).toBe(first.l2);
    for (const { encode, reconstruct } of batches) dispose([encode, reconstruct]);
    model.dispose();
  });

  test("a deterministic model has no divergences, one without a controller no second one", () => {
    using(smallModel({ variational: false }), (model, batch) => {
      expect(lossOf(model, [batch])).toMatchObject({ klInitialCondition: 0, klControllerOutput: 0 });
    });
    using(smallModel({ controller: false }), (model, batch) => {
      const loss = lossOf(model, [batch]);
      expect(loss.klControllerOutput).toBe(0);
      expect(loss.klInitialCondition).toBeGreaterThan(0);
    });
  });

  test("held-out loss: of the samples held out; mean over sessions; null without", () => {
    const model = smallModel({ sessions: [{ channels: 4 }, { channels: 6 }] });
    const plain = [0, 1].map((session) => batchFor(model, { session }));
    const augmented = tidy(() =>
      plain.flatMap(({ encode, reconstruct }, session) => {
        const heldIn = drawsOf("held in").bernoulli("mask", encode.shape, 0.8);
        const out = sampleValidation({ rate: 0.2 })({ session, encode, reconstruct, heldIn }, drawsOf(1));
        return [out.encode, out.lossWeight!, out.heldOutWeight!];
      }),
    ) as Tensor[];
    const batches = plain.map((batch, i) => ({
      ...batch,
      encode: augmented[3 * i]!,
      lossWeight: augmented[3 * i + 1]!,
      heldOutWeight: augmented[3 * i + 2]!,
    }));
    expect(lossOf(model, plain).heldOut).toBeNull();
    const both = lossOf(model, batches);
    const expected = compute(() => {
      const output = model.forward(batches, { draws: drawsOf("loss"), sample: true });
      const losses = batches.map((batch, i) => {
        const loss = poisson().loss(batch.reconstruct, output.sessions[i]!.readout, {});
        return [mean(mul(loss, batch.heldOutWeight)), mean(weightLoss(loss, batch))].map(
          (x) => x.dataSync()[0]!,
        );
      });
      return losses;
    });
    expectClose(lossOf(model, [batches[0]!]).heldOut!, expected[0]![0]!);
    expectClose(both.heldOut!, (expected[0]![0]! + expected[1]![0]!) / 2);
    expectClose(both.reconstruction, (expected[0]![1]! + expected[1]![1]!) / 2);
    dispose([...augmented, ...plain.flatMap(({ encode, reconstruct }) => [encode, reconstruct])]);
    model.dispose();
  });

  test("coordinated dropout leaves held-in, kept samples without a gradient", () => {
    using(smallModel(), (model, batch) => {
      const { value, gradients } = valueAndGradients(
        () =>
          tidy(() => {
            // With everything kept there is nothing to learn from but the penalties.
            const draws = drawsOf(1);
            const keepAll = { ...draws, bernoulli: (_: string, shape: readonly number[]) => ones(shape) };
            const augmented = coordinatedDropout({ rate: 0.5 })(batch, keepAll);
            const output = model.forward([augmented]);
            const none = { ...scales, klInitialCondition: 0, klControllerOutput: 0 };
            return lfadsLoss(model, [augmented], output, { scales: none, draws, l2Ramp: 0 }).total;
          }),
        model.parameters,
      );
      expect(value.dataSync()[0]).not.toBe(0);
      for (const [name, gradient] of Object.entries(gradients)) {
        expect(
          gradient.dataSync().every((slope) => slope === 0),
          name,
        ).toBe(true);
      }
      dispose([value, ...Object.values(gradients)]);
    });
  });

  test("every parameter has a gradient", () => {
    using(smallModel({ externalInputs: 0 }), (model, batch) => {
      const { value, gradients } = valueAndGradients(
        () =>
          tidy(() => {
            const draws = drawsOf(1);
            const output = model.forward([batch], { draws, sample: true, dropout: 0.2 });
            return lfadsLoss(model, [batch], output, { scales, draws }).total;
          }),
        model.parameters,
      );
      for (const name of Object.keys(model.parameters)) {
        expect(gradients[name]?.shape, name).toEqual(model.parameters[name]!.shape);
        const slopes = gradients[name]!.dataSync();
        expect(
          slopes.some((slope) => slope !== 0),
          name,
        ).toBe(true);
        expect(slopes.every(Number.isFinite), name).toBe(true);
      }
      dispose([value, ...Object.values(gradients)]);
    });
  });

  test("targets of another shape are an error", () => {
    const model = smallModel({ channels: { encode: 5, reconstruct: 6 } });
    tidy(() => {
      const batch = batchFor(model);
      const output = model.forward([batch]);
      expect(() =>
        lfadsLoss(model, [{ ...batch, reconstruct: batch.encode }], output, { scales, draws: drawsOf(1) }),
      ).toThrow("lfadsLoss: reconstruct must be [3, 6, 6], got [3,6,5]");
    });
    model.dispose();
  });
});

function ones(shape: readonly number[]) {
  return drawsOf(0).bernoulli("ones", shape, 1);
}

describe("l2Penalty", () => {
  const penaltyOf = (model: LFADS, own = scales) =>
    tidy(() => l2Penalty(model, own, model.parameters)).dataSync()[0]!;

  test("half the mean square of the penalised kernels, each at its scale", () => {
    using(smallModel(), (model) => {
      const kernels = model.recurrentKernels;
      const squares = (names: readonly string[]) =>
        names.reduce((total, name) => {
          return total + Array.from(model.parameters[name]!.dataSync()).reduce((part, w) => part + w * w, 0);
        }, 0);
      const sizes = { icEncoder: 96, ciEncoder: 54, generator: 108, controller: 48 };
      const size = 96 + 54 + 108 + 48;
      const sumOf =
        0.1 * squares(kernels.icEncoder) +
        0.2 * squares(kernels.ciEncoder) +
        0.3 * squares(kernels.generator) +
        0.4 * squares(kernels.controller);
      expectClose(penaltyOf(model), (0.5 * sumOf) / size);
      const one = { l2IcEncoder: 0, l2CiEncoder: 0, l2Generator: 0.3, l2Controller: 0 };
      const alone = penaltyOf(model, { ...scales, ...one });
      expectClose(alone, (0.5 * 0.3 * squares(kernels.generator)) / sizes.generator);
      expect(penaltyOf(model, { ...scales, ...one, l2Generator: 0 })).toBe(0);
    });
  });

  test("reconstructions add their own", () => {
    const none = { l2IcEncoder: 0, l2CiEncoder: 0, l2Generator: 0, l2Controller: 0 };
    const custom: Reconstruction = {
      ...gaussian(),
      init: (channels) => ({ own: drawsOf(1).normal("own", [channels]) }),
      penalty: ({ own }) => sum(own!),
    };
    const model = smallModel({
      sessions: [
        { channels: 4, reconstruction: zeroInflatedGamma({ scale: 2, penalty: 0.5 }) },
        { channels: 3, reconstruction: custom },
      ],
    });
    expect(model.parameters["recon.0.scale"]!.shape).toEqual([2, 4]);
    const own = Array.from(model.parameters["recon.1.own"]!.dataSync()).reduce((a, b) => a + b, 0);
    expectClose(penaltyOf(model, { ...scales, ...none }), 0.5 * 0.5 * 8 + own);
    model.dispose();
  });
});
