import { describe, expect, test } from "vitest";
import { firstTrials } from "../../examples/browser/firstTrials";
import { History, Pace } from "../../examples/browser/history";
import type { Reply, Request } from "../../examples/browser/messages";
import { factorPicture } from "../../examples/browser/pictures";
import { turnBy, turned } from "../../examples/browser/rotation";
import { scoresOf } from "../../examples/browser/scores";
import { LORENZ, RECORDING, resumed } from "../../examples/browser/settings";
import { Studio } from "../../examples/browser/studio";
import { simulateLorenz } from "../../src/data";
import { writeHdf5 } from "../../src/hdf5";
import { useBackend } from "../backend";

const small = simulateLorenz({ conditions: 4, trialsPerCondition: 5, bins: 8, channels: 6, heldOut: 2 });

/** A studio in this process; `next` waits for the next reply of a type. */
function studio() {
  const replies: Reply[] = [];
  const waiting = new Set<(reply: Reply) => void>();
  const lost = new Promise<string>(() => {});
  const one = new Studio(
    (reply) => {
      replies.push(reply);
      for (const hear of waiting) hear(reply);
    },
    async (backend) => {
      await useBackend(backend);
      return { backend, path: "simd", threads: 1, lost };
    },
  );
  const next = <T extends Reply["type"]>(type: T) =>
    new Promise<Extract<Reply, { type: T }>>((resolve) => {
      const hear = (reply: Reply) => {
        if (reply.type !== type) return;
        waiting.delete(hear);
        resolve(reply as Extract<Reply, { type: T }>);
      };
      waiting.add(hear);
    });
  return { ask: (request: Request) => one.handle(request), next, replies };
}

describe("a studio", () => {
  const settings = { ...RECORDING, encoderUnits: 4, generatorUnits: 5, factors: 2, epochs: 2, batchSize: 8 };

  test("loads, trains, shows the trial that was asked for and makes results", async () => {
    const { ask, next, replies } = studio();
    const loaded = next("loaded");
    ask({ type: "load", source: { type: "file", bytes: await writeHdf5(small) } });
    expect((await loaded).facts).toEqual({
      trials: { train: 16, valid: 4 },
      shown: 4,
      bins: 8,
      binMs: 10,
      heldIn: 4,
      channels: 6,
    });
    const stopped = next("stopped");
    ask({ type: "start", backend: "cpu", threads: 1, settings });
    expect(await stopped).toMatchObject({ reason: "epochs", epoch: 2, skipped: 0 });
    expect(replies.filter(({ type }) => type === "epoch")).toHaveLength(2);
    const trial = next("trial");
    ask({ type: "show", trial: 3 });
    const { picture } = await trial;
    expect(picture.spikes).toEqual(small.valid.reconstruct.data.slice(3 * 48));
    expect([...picture.order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...picture.order.slice(4)].sort(), "held-out channels below").toEqual([4, 5]);
    expect(picture.rates).toHaveLength(48);
    const results = next("results");
    ask({ type: "results" });
    expect((await results).files.map(({ name }) => name)).toEqual([
      "lfads-rates.h5",
      "lfads-model.safetensors",
      "lfads-training.safetensors",
    ]);
  });

  test("keeps its data when other data cannot be loaded, and says why", async () => {
    const { ask, next } = studio();
    const loaded = next("loaded");
    ask({ type: "load", source: { type: "lorenz" } });
    await loaded;
    const failed = next("failed");
    ask({ type: "load", source: { type: "file", bytes: new Uint8Array(9) } });
    expect(await failed).toMatchObject({
      doing: "load",
      message: "readHdf5: this is not an HDF5 file",
      lost: false,
    });
    const trial = next("trial");
    ask({ type: "show", trial: 5 });
    expect((await trial).picture.trial).toBe(5);
  });

  test("refuses what it cannot do yet", async () => {
    const { ask, next } = studio();
    const failed = next("failed");
    ask({ type: "start", backend: "cpu", threads: 1, settings });
    expect((await failed).message).toBe("there is no data yet");
  });
});

test("a resumed training keeps its model and takes the hyperparameters of now", () => {
  const now = { ...LORENZ, learningRate: 1, factors: 9 };
  expect(resumed(LORENZ, now)).toEqual({ ...LORENZ, learningRate: 1 });
});

test("the first trials of a set are those, in every array", () => {
  const { encode, truth, extras } = firstTrials(small.valid, 3);
  expect(encode.shape).toEqual([3, 8, 4]);
  expect(encode.data).toEqual(small.valid.encode.data.slice(0, 3 * 8 * 4));
  expect(truth!.data).toEqual(small.valid.truth!.data.slice(0, 3 * 8 * 6));
  expect(extras!.cond_idx!.shape).toEqual([3]);
  expect(firstTrials(small.valid, 99).encode.shape).toEqual([4, 8, 4]);
});

test("true rates score an R2 of 1, and bits of each region that there is", () => {
  const scores = scoresOf(small.valid.truth!, small.valid);
  expect(scores.map(({ name }) => name)).toEqual(["R² of rates", "held-in bits/spike", "co-bps"]);
  expect(scores[0]!.value).toBe(1);
});

describe("a picture of factors", () => {
  const values = Float32Array.from({ length: 4 * 8 * 5 }, (_, i) => Math.sin(i * i));
  const factors = { data: values, shape: [4, 8, 5] };

  test("has three principal components that keep their signs from epoch to epoch", () => {
    const picture = factorPicture(factors, small.valid);
    expect(picture.names).toEqual(["PC 1", "PC 2", "PC 3"]);
    const mirrored = { ...picture, points: Array.from(picture.points, (value) => -value) };
    expect(factorPicture(factors, small.valid, mirrored).points).toEqual(Float32Array.from(mirrored.points));
  });

  test("shows up to three factors as they are, and hues by condition", () => {
    const { points, names, hues } = factorPicture(
      { data: values.slice(0, 64), shape: [4, 8, 2] },
      small.valid,
    );
    expect(names).toEqual(["factor 1", "factor 2", "factor 3"]);
    expect(Array.from(points).slice(0, 6)).toEqual([values[0], values[1], 0, values[2], values[3], 0]);
    expect(hues).toEqual({ of: "condition", values: [0, 0.25, 0.5, 0.75] });
  });
});

describe("turning", () => {
  test("keeps lengths, and a quarter turn moves the first axis away", () => {
    const rotation = { azimuth: 0.3, elevation: -0.8 };
    expect(Math.hypot(...turned([1, 2, 3], rotation))).toBeCloseTo(Math.hypot(1, 2, 3), 12);
    const [right, up, near] = turned([1, 0, 0], { azimuth: Math.PI / 2, elevation: 0 });
    expect([right, up, near].map((x) => x.toFixed(6)).map(Number)).toEqual([0, 0, -1]);
  });

  test("stops above and below", () => {
    expect(turnBy({ azimuth: 0, elevation: 1.5 }, 0.1, 1)).toEqual({ azimuth: 0.1, elevation: Math.PI / 2 });
  });
});

test("curves have the epochs at which they were told", () => {
  const history = new History();
  history.addEpoch({ epoch: 1, loss: { train: 3, valid: 4 }, learningRate: 1 });
  history.addEpoch({ epoch: 2, loss: { train: 1, valid: 2 }, learningRate: 1 });
  history.addScores(2, [{ name: "co-bps", value: 0.1 }]);
  expect(history.loss[1]).toEqual({
    name: "validation",
    points: [
      [1, 4],
      [2, 2],
    ],
  });
  expect(history.scores).toEqual([{ name: "co-bps", points: [[2, 0.1]] }]);
});

test("the pace is that since the last start", () => {
  const pace = new Pace();
  expect(pace.at(0, 0)).toBeNull();
  expect(pace.at(4, 2000)).toBe(2);
  pace.restart();
  expect(pace.at(4, 60_000)).toBeNull();
  expect(pace.at(5, 62_000)).toBe(0.5);
});
