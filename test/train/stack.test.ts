import { sum, tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { augment, coordinatedDropout, spikeJitter, temporalShift } from "../../src/augmentations";
import { streamDraws } from "../../src/ops";
import { RandomStream } from "../../src/random";
import { gaussian, poissonBitsPerSpike } from "../../src/reconstructions";
import { fit, valueAndGradients } from "../../src/train";
import { useBackend } from "../backend";
import { CHANNELS, looking, tinierModel, tinyData } from "./support";

beforeAll(() => useBackend("cpu"));

describe("stacks of augmentations", () => {
  test("each augmentation has draws of its own: two dropouts of one half keep a quarter", () => {
    const encode = tensor(new Float32Array(20_000).fill(1), [20, 100, 10]);
    const half = coordinatedDropout({ rate: 0.5 });
    const draws = streamDraws(RandomStream.fromSeed(1));
    const kept = Array.from(augment({ encode, reconstruct: encode }, [half, half], draws).encode.dataSync());
    const fraction = kept.filter((value) => value > 0).length / kept.length;
    expect(fraction).toBeGreaterThan(0.235);
    expect(fraction).toBeLessThan(0.265);
  });

  test("stand-ins for missing samples are not jittered into the data", async () => {
    const data = tinyData();
    const reconstruct = { ...data.train.reconstruct, data: Float32Array.from(data.train.reconstruct.data) };
    reconstruct.data.fill(Number.NaN, 0, CHANNELS * 2);
    const most = Math.max(...Array.from(reconstruct.data).filter((value) => !Number.isNaN(value)));
    let largest = 0;
    const look = looking(({ reconstruct }) => {
      for (const value of reconstruct.dataSync())
        if (!Number.isNaN(value)) largest = Math.max(largest, value);
    });
    const model = tinierModel();
    await fit(
      model,
      { ...data, train: { ...data.train, reconstruct } },
      { epochs: 1, augmentations: { train: () => [spikeJitter(), look] } },
    );
    model.dispose();
    expect(largest).toBeLessThanOrEqual(4 * most);
    expect(largest).toBeGreaterThan(0);
  });

  test.each([
    ["spikeJitter", spikeJitter()],
    ["temporalShift", temporalShift()],
  ])("sample validation refuses %s, which would move held-out samples", async (_, moving) => {
    const model = tinierModel();
    const options = { sampleValidation: { rate: 0.2 }, augmentations: { train: () => [moving] } };
    await expect(fit(model, tinyData(), options)).rejects.toThrow(
      "fit: sampleValidation holds fixed samples out, so no augmentation may move samples, got one in train",
    );
    model.dispose();
  });
});

describe("reconstructions", () => {
  test("the null model of bits per spike averages observed samples only", () => {
    const loss = poissonBitsPerSpike();
    const readout = [0.1, -0.3, 0.2, 0.4];
    const alone = loss.loss(tensor([1, 2, 0, 1], [1, 4, 1]), tensor(readout, [1, 4, 1]), {}).dataSync();
    const data = tensor([1, 2, 0, 1, 10, 10], [1, 6, 1]);
    const observed = tensor([1, 1, 1, 1, 0, 0], [1, 6, 1]);
    const among = loss.loss(data, tensor([...readout, 0, 0], [1, 6, 1]), {}, observed).dataSync();
    alone.forEach((value, i) => {
      expect(among[i]).toBeCloseTo(value, 5);
    });
  });

  test("a variance below its floor still has a gradient, as in torch", () => {
    const data = tensor([1], [1, 1, 1]);
    const readout = tensor([1.0001, -20], [1, 1, 2]);
    const { gradients } = valueAndGradients(() => sum(gaussian().loss(data, readout, {})), { readout });
    const [, logvar] = gradients.readout!.dataSync();
    // d/dlogvar of (log v + (x - m)^2 / v) / 2 at the floor v = 1e-6, times dv/dlogvar = exp(-20)
    const variance = 1e-6;
    const expected = 0.5 * Math.exp(-20) * (1 / variance - 0.0001 ** 2 / variance ** 2);
    expect(logvar! / expected).toBeCloseTo(1, 2);
  });
});
