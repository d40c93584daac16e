import { dispose, memory, sum, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { infer } from "../../src/model";
import { gruSequence, streamDraws } from "../../src/ops";
import { RandomStream } from "../../src/random";
import { valueAndGradients } from "../../src/train";
import { useBackend } from "../backend";
import { counts, smallModel } from "../model/support";
import { randomValues, toTensor } from "../ops/values";
import { memoryOfTraining, SETTLED } from "./trainingMemory";
import { watchMemory } from "./watchMemory";

/** Blocks of tensors that are gone are freed when the next kernel runs. */
const settle = () => streamDraws(RandomStream.fromSeed(0)).normal("settle", [1]).dispose();

describe.each(["cpu", "wasm"])("memory of the kernels on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("is after every step what it was in the epochs before", async () => {
    const epochs = await memoryOfTraining(60);
    expect(epochs.map((epoch) => epoch.length)).toEqual(new Array(15).fill(5));
    expect(epochs[0]![0]!.bytes).toBeGreaterThan(2 ** 22);
    // Until then blocks that live from step to step find their places.
    for (const epoch of epochs.slice(SETTLED)) expect(epoch).toEqual(epochs[SETTLED]);
    expect(new Set(epochs.slice(SETTLED).flatMap((epoch) => epoch.map(({ bytes }) => bytes))).size).toBe(1);
    expect(new Set(epochs.flatMap((epoch) => epoch.map(({ tensors }) => tensors))).size).toBe(1);
  });

  test("holds no activations after inference", () =>
    watchMemory(async (look) => {
      settle();
      const before = look();
      const model = smallModel();
      const [trials, tensors] = [{ encode: counts("trials", [7, 6, 5]) }, memory().numTensors];
      for (let run = 0; run < 3; run++) await infer(model, trials, { samples: 2, batchSize: 3 });
      expect(memory().numTensors).toBe(tensors);
      model.dispose();
      settle();
      expect(look()).toEqual(before);
    }));

  test("holds the gates of a sequence only where a gradient may follow", () =>
    watchMemory(async (look) => {
      const [bins, batch, units] = [5, 6, 8];
      const h0 = toTensor(randomValues("h0", [batch, units]));
      const weights = {
        weightHh: toTensor(randomValues("hh", [3 * units, units])),
        bias: toTensor(randomValues("bias", [3 * units])),
      };
      const inUse = () => {
        settle();
        return look().used;
      };
      tidy(() => void gruSequence(null, weights, h0, { bins }));
      const before = inUse();
      const state = 4 * bins * batch * units;
      tidy(() => {
        gruSequence(null, weights, h0, { bins });
        expect(inUse() - before).toBe(state);
      });
      const { value, gradients } = valueAndGradients(() => {
        const states = gruSequence(null, weights, h0, { bins });
        expect(inUse() - before).toBe(4 * state);
        return sum(states);
      }, weights);
      dispose([value, ...Object.values(gradients)]);
      dispose([h0, ...Object.values(weights)]);
    }));
});
