import { dispose, memory, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { augment, type Batch, coordinatedDropout, spikeJitter } from "../../src/augmentations";
import { infer, type LFADS, type LFADSOptions, lfadsLoss } from "../../src/model";
import { studentTPrior } from "../../src/priors";
import { zeroInflatedGamma } from "../../src/reconstructions";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { batchFor, counts, drawsOf, scales, smallModel } from "./support";

const models: readonly [string, Partial<LFADSOptions>][] = [
  ["full model", { bins: { encode: 6, reconstruct: 8, initialCondition: 2 }, externalInputs: 2 }],
  ["no controller", { controller: false }],
  ["deterministic", { variational: false }],
  ["sessions", { sessions: [{ channels: 4 }, { channels: 5 }] } as Partial<LFADSOptions>],
  [
    "other prior and reconstruction",
    { initialCondition: { prior: studentTPrior() }, reconstruction: zeroInflatedGamma({ penalty: 1 }) },
  ],
];

function freeBatch({ encode, reconstruct, externalInputs }: Batch): void {
  dispose([encode, reconstruct, ...(externalInputs ? [externalInputs] : [])]);
}

/** Runs `f` with a model and a batch of each session, and sees that nothing stays behind. */
async function counted(
  options: Partial<LFADSOptions>,
  f: (model: LFADS, batches: readonly Batch[]) => unknown,
): Promise<void> {
  const start = memory();
  const model = smallModel(options);
  const batches = model.architecture.sessions.map((_, session) => batchFor(model, { session }));
  const before = memory().numTensors;
  await f(model, batches);
  expect(memory().numTensors).toBe(before);
  batches.forEach(freeBatch);
  model.dispose();
  expect(memory().numTensors).toBe(start.numTensors);
  expect(memory().numDataBuffers).toBe(start.numDataBuffers);
}

describe.each(["cpu", "wasm"])("no tensors stay behind on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(models)("%s", (_, options) => {
    test("forward and loss", () =>
      counted(options, (model, batches) => {
        for (let i = 0; i < 2; i++) {
          tidy(() => {
            const draws = drawsOf(i);
            const augmented = batches.map((batch) =>
              augment(batch, [coordinatedDropout({ rate: 0.3 })], draws),
            );
            const output = model.forward(augmented, { draws, sample: true, dropout: 0.3 });
            lfadsLoss(model, augmented, output, { scales, draws });
          });
        }
      }));

    test("gradients", () =>
      counted(options, (model, batches) => {
        const { value, gradients } = valueAndGradients(
          () =>
            tidy(() => {
              const draws = drawsOf(1);
              const output = model.forward(batches, { draws, sample: true, dropout: 0.3 });
              return lfadsLoss(model, batches, output, { scales, draws }).total;
            }),
          model.parameters,
        );
        dispose([value, ...Object.values(gradients)]);
      }));

    test("inference", () =>
      counted(options, async (model, batches) => {
        const { encode, externalInputs } = batches[0]!;
        const array = async (x: typeof encode) => ({
          data: (await x.data()) as Float32Array,
          shape: x.shape,
        });
        const trials = {
          encode: await array(encode),
          ...(externalInputs && { externalInputs: await array(externalInputs) }),
        };
        await infer(model, trials, { samples: 3, batchSize: 2 });
        await infer(model, trials, { samples: 0 });
      }));
  });

  test("a forward pass that fails in the middle", () =>
    counted({}, (model, [batch]) => {
      const failing = { ...drawsOf(1) };
      for (const fails of ["co", "gen_state", "con_input", "ic"]) {
        const draws = {
          ...failing,
          normal: (name: string, shape: readonly number[]) => {
            if (name === fails) throw new Error(`no ${name}`);
            return drawsOf(1).normal(name, shape);
          },
          bernoulli: (name: string, shape: readonly number[], p: number) => {
            if (name === fails) throw new Error(`no ${name}`);
            return drawsOf(1).bernoulli(name, shape, p);
          },
        };
        expect(() =>
          tidy(() => {
            model.forward([batch!], { draws, sample: true, dropout: 0.3 });
          }),
        ).toThrow(`no ${fails}`);
      }
    }));

  test("inference that fails, at once or in the middle", () =>
    counted({}, async (model) => {
      const wide = { encode: counts("wide", [3, 6, 4]) };
      await expect(infer(model, wide)).rejects.toThrow("LFADS.forward: encode must be");
      const trials = { encode: counts("trials", [3, 6, 5]) };
      const onProgress = () => {
        throw new Error("stop");
      };
      await expect(infer(model, trials, { samples: 2, batchSize: 2, onProgress })).rejects.toThrow("stop");
    }));

  test("options that are refused", () => {
    const before = memory().numTensors;
    expect(() => smallModel({ factors: 0 })).toThrow();
    expect(() => smallModel({ controller: { lag: -1 } })).toThrow();
    expect(memory().numTensors).toBe(before);
  });

  test("augmentations that read tensors back", () =>
    counted({}, (_, [batch]) => {
      tidy(() => {
        augment(batch!, [spikeJitter()], drawsOf(1));
      });
    }));
});
