import { beforeAll, describe, expect, test } from "vitest";
import { ClippedGruCell, LFADS } from "../../src";
import { gamma } from "../../src/reconstructions";
import { type FitOptions, fit, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import { BINS, CHANNELS, tinierModel, tinyData } from "./support";

beforeAll(() => useBackend("cpu"));

async function stopped(options: FitOptions): Promise<TrainingState> {
  const controller = new AbortController();
  const model = tinierModel();
  const { state } = await fit(model, tinyData(), {
    ...options,
    signal: controller.signal,
    onProgress: ({ epoch, batch }) => void (epoch === 1 && batch === 1 && controller.abort()),
  });
  model.dispose();
  return state;
}

async function resumed(resume: TrainingState, options: FitOptions) {
  const model = tinierModel();
  try {
    return await fit(model, tinyData(), { epochs: 2, ...options, resume });
  } finally {
    model.dispose();
  }
}

describe("a resumed training", () => {
  test("must keep its batches within an epoch", async () => {
    const state = await stopped({ batchSize: 4, epochs: 2 });
    expect(state.batch).toBe(1);
    await expect(resumed(state, { batchSize: 16 })).rejects.toThrow("must go on with its 4 batches, got 1");
    expect((await resumed(state, { batchSize: 4 })).stopReason).toBe("epochs");
  });

  test("must keep its held-out samples", async () => {
    const state = await stopped({ batchSize: 4, epochs: 2, sampleValidation: { rate: 0.2 } });
    await expect(resumed(state, { batchSize: 4 })).rejects.toThrow("sampleValidation must stay what it was");
  });

  test("must have counters and the same operations", async () => {
    const state = await stopped({ batchSize: 4, epochs: 2 });
    const broken = { ...state, epoch: "x" as unknown as number };
    await expect(resumed(broken, { batchSize: 4 })).rejects.toThrow("fit: resume.epoch must be a number");
    await expect(resumed({ ...state, kernelPath: "other" }, { batchSize: 4 })).rejects.toThrow(
      /^fit: the state was made on the path "other", which cannot run here, where ".*simd" is the fastest$/,
    );
  });
});

describe("options that nothing reads are refused by name", () => {
  const refused = (options: object) => () => new LFADS({ channels: 3, bins: 4, ...options } as never);
  test.each([
    [{ generater: {} }, 'LFADS: no option is called "generater"'],
    [{ controller: { unit: 3 } }, 'LFADS: controller: no option is called "unit"'],
    [
      { generator: { units: 5, cell: (): null => null } },
      "LFADS: generator takes either units or a cell of your own",
    ],
    [
      { generator: { cell: () => new ClippedGruCell({ inputSize: 9, stateSize: 2 }) } },
      "LFADS: the generator's cell must take 4 inputs, got one for 9",
    ],
  ])("%o", (options, message) => {
    expect(refused(options)).toThrow(message);
  });

  test("LFADS without options", () => {
    expect(() => new LFADS(undefined as never)).toThrow("LFADS: options must be an object, got undefined");
  });

  test("fit", async () => {
    const model = tinierModel();
    await expect(fit(model, tinyData(), { learningRate: 1 } as never)).rejects.toThrow(
      'fit: no option is called "learningRate"',
    );
    const { train } = tinyData();
    await expect(fit(model, { train } as never)).rejects.toThrow("got no valid");
    model.dispose();
  });

  test("data outside the support of the reconstruction", async () => {
    const model = tinierModel({ reconstruction: gamma(), channels: CHANNELS, bins: BINS });
    await expect(fit(model, tinyData())).rejects.toThrow(
      "train.reconstruct of session 0 must be positive, got 0",
    );
    model.dispose();
  });
});
