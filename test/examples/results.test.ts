import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { lorenzModel, scoreLorenz } from "../../examples/results/lorenz";
import { type Dataset, type NdArray, ndarray, simulateLorenz } from "../../src/data";
import { decode, r2PerColumn } from "../../src/evaluate";
import { infer } from "../../src/model";
import { useBackend } from "../backend";
import { inFolder, runExample, succeed } from "./runExample";

const MACAQUE = "examples/data/macaque_reach_day31_20ms.h5";

test("every training is a row; a longer one goes on where it was", async () => {
  await inFolder(async (out) => {
    const run = (...args: string[]) => succeed("results", [...args, "--threads", "1", "--out", out]);
    await run("macaque", MACAQUE, "--epochs", "1");
    const row = JSON.parse(await readFile(`${out}/macaque-0.json`, "utf8"));
    expect(row).toMatchObject({ set: "macaque", seed: 0, epochs: 1, best: 0, stopReason: "epochs" });
    expect(Object.keys(row.scores)).toEqual(["heldIn", "coBps", "velocityR2"]);

    await run("macaque", MACAQUE, "--seed", "1", "--epochs", "1");
    await run("macaque", MACAQUE, "--epochs", "2");
    const lines = (await run()).trim().split("\n");
    expect(lines.map((line) => line.split("|").slice(1, 4).join("|"))).toEqual([
      " set, seed | epochs (best) | ended by ",
      " --- | --- | --- ",
      " macaque, 0 | 2 (1) | epochs ",
      " macaque, 1 | 1 (0) | epochs ",
    ]);
    const resumed = JSON.parse(await readFile(`${out}/macaque-0.json`, "utf8"));
    expect(resumed.cpuMinutes).toBeGreaterThan(row.cpuMinutes);
  });
});

test("says which sets there are", async () => {
  const { code, errors } = await runExample("results", ["mouse", MACAQUE]);
  expect(code).toBe(1);
  expect(errors).toContain(
    `Error: results: wanted one of s1, stevenson, macaque, lorenz and a file, got mouse ${MACAQUE}`,
  );
});

test("truth by condition in Hz scores as truth by trial in spikes per bin", async () => {
  await useBackend("cpu");
  const dataset = simulateLorenz({ conditions: 3, trialsPerCondition: 5, bins: 12, channels: 5 });
  const { train, valid } = dataset;
  const model = lorenzModel(dataset, 0);
  const [seen, unseen] = [
    await infer(model, train, { samples: 0 }),
    await infer(model, valid, { samples: 0 }),
  ];
  const { rateR2, latentR2 } = await scoreLorenz(model, byCondition(dataset));
  const r2 = r2PerColumn(unseen.rates, valid.truth!).sort();
  expect(rateR2!.mean).toBeCloseTo(r2.reduce((sum, value) => sum + value) / 5, 5);
  expect(rateR2!.median).toBeCloseTo(r2[2]!, 5);
  const latents = decode(
    { rates: seen.factors, behavior: train.extras!.latents! },
    { rates: unseen.factors, behavior: valid.extras!.latents! },
  );
  expect(latentR2).toBeCloseTo(latents.r2, 5);
  model.dispose();
});

/** The layout of the published set. */
function byCondition({ train, valid }: Dataset): Dataset {
  const conditions = train.extras!.cond_idx!.data;
  const firstOfEach = ({ data, shape }: NdArray, factor: number) => {
    const size = shape[1]! * shape[2]!;
    const values = [0, 1, 2].flatMap((condition) => {
      const trial = conditions.indexOf(condition);
      return Array.from(data.subarray(trial * size, (trial + 1) * size), (value) => value * factor);
    });
    return ndarray(Float64Array.from(values), [3, ...shape.slice(1)]);
  };
  return {
    train,
    valid,
    attributes: { bin_ms: 10 },
    shared: {
      cond_truth: firstOfEach(train.truth!, 100),
      cond_latents: firstOfEach(train.extras!.latents!, 1),
    },
  };
}
