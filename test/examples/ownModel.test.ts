import { readdir, rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { inFolder, rowOf, succeed } from "./runExample";

const search = (folder: string, how: string, generations = 2) =>
  succeed("own-model", [
    ...["--search", how, "--out", folder, "--generations", `${generations}`],
    ...["--population", "2", "--generation-epochs", "1", "--seed", "3"],
  ]);

test("own-model searches by PBT, and ends the same when it is stopped and goes on", async () => {
  await inFolder(async (folder) => {
    const whole = await search(folder, "pbt");
    const [ridge] = rowOf(whole, "ridge on smoothed spikes").map(Number);
    const [r2, learningRate, dropout, l2] = rowOf(whole, "own model").map(Number);
    expect(ridge).toBeGreaterThan(0.6);
    expect(r2).toBeGreaterThan(0.4);
    expect(r2).toBeLessThan(1);
    for (const [value, low, high] of [
      [learningRate, 1e-4, 1e-2],
      [dropout, 0, 0.7],
      [l2, 1e-5, 1e-1],
    ]) {
      expect(value).toBeGreaterThanOrEqual(low!);
      expect(value).toBeLessThanOrEqual(high!);
    }
    expect((await readdir(`${folder}/pbt/records`)).sort()).toEqual(["0", "1"]);
    // As if it had been killed in the second generation, with a checkpoint that is lost.
    await rm(`${folder}/pbt/records/1`, { recursive: true });
    await rm(`${folder}/pbt/checkpoints`, { recursive: true });
    expect(await search(folder, "pbt")).toBe(whole);
  });
});

test("own-model searches the same space at random", async () => {
  await inFolder(async (folder) => {
    const [r2] = rowOf(await search(folder, "random", 1), "own model").map(Number);
    expect(r2).toBeGreaterThan(0.3);
    expect(await readdir(folder)).toEqual(["random"]);
  });
});
