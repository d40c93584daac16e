import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { simulateLorenz } from "../../src/data";
import { loadTrainingState, saveHdf5 } from "../../src/node";
import { inFolder, rowOf, runExample, succeed } from "./runExample";

test("scores a recording", async () => {
  const path = "examples/data/s1_reach_50ms.h5";
  const [epochs, ended, minutes, ...scores] = rowOf(
    await succeed("recordings", [path, "--epochs", "1"]),
    path,
  );
  expect([epochs, ended]).toEqual(["1 (0)", "epochs"]);
  expect(Number(minutes)).toBeLessThan(2);
  expect(
    scores
      .map(Number)
      .map(Math.abs)
      .every((score) => score < 2),
  ).toBe(true);
  expect(scores.length).toBe(3);
});

test("goes on from its state file, as if it had not been stopped", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/small.h5`;
    await saveHdf5(
      path,
      simulateLorenz({ conditions: 5, trialsPerCondition: 5, bins: 10, channels: 8, heldOut: 2 }),
    );
    const run = async (state: string, epochs: number) =>
      rowOf(
        await succeed("recordings", [
          path,
          "--batch",
          "8",
          "--epochs",
          `${epochs}`,
          "--state",
          `${folder}/${state}`,
        ]),
        path,
      );
    const [, , , ...whole] = await run("whole", 3);
    await run("parts", 1);
    expect((await loadTrainingState(`${folder}/parts`))!.epoch).toBe(1);
    const [epochs, , , ...parts] = await run("parts", 3);
    expect(epochs).toMatch(/^3 /);
    expect(parts).toEqual(whole);
    expect(parts[2]).toBe("-"); // no behaviour, no decoding
    expect((await readFile(`${folder}/parts`)).equals(await readFile(`${folder}/whole`))).toBe(true);
  });
});

test("says what it needs, and what is wrong", async () => {
  const none = await runExample("recordings", []);
  expect([none.code, none.output]).toEqual([2, ""]);
  expect(none.errors).toMatch(/^usage: .*recordings\/main.ts <recording.h5> .*--state/);
  const missing = await runExample("recordings", ["no-such-file.h5"]);
  expect(missing.code).toBe(1);
  expect(missing.errors).toContain("Error: loadHdf5: no-such-file.h5: ENOENT");
  // No source text of a compiled module in front of it.
  expect(missing.errors.length).toBeLessThan(3000);
});
