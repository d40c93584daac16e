import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { expectReport, inFolder, rowOf, succeed } from "./runExample";

test("lorenz compares with the truth and writes its report", async () => {
  await inFolder(async (folder) => {
    const output = await succeed("lorenz", ["--epochs", "2", "--trials", "1", "--out", folder]);
    const [bits, rates, latents] = rowOf(output, "LFADS").map(Number);
    expect(bits).toBeLessThan(1);
    expect(rates).toBeLessThan(1);
    expect(latents).toBeLessThan(1);
    const [best, one, same] = rowOf(output, "truth");
    expect(Number(best)).toBeGreaterThan(0.2);
    expect([one, same]).toEqual(["1", "1"]);
    expect(await readdir(folder)).toEqual(["report.html"]);
    expectReport(await readFile(`${folder}/report.html`, "utf8"), "LFADS on the Lorenz system", 5);
  });
});

test("overfitting follows both models and writes its report", async () => {
  await inFolder(async (folder) => {
    const output = await succeed("overfitting", ["--epochs", "5", "--trials", "1", "--out", folder]);
    for (const label of ["without coordinated dropout", "with coordinated dropout"]) {
      const [loss, last, best] = rowOf(output, label).map(Number);
      expect(loss).toBeGreaterThan(0);
      expect(best).toBeGreaterThanOrEqual(last!);
      expect(best).toBeLessThan(1);
    }
    expectReport(await readFile(`${folder}/report.html`, "utf8"), "Identity overfitting", 2);
  });
});

test("custom-generator trains a GRU and a network of its own", async () => {
  const output = await succeed("custom-generator", ["--epochs", "2", "--trials", "1"]);
  for (const label of ["GRU", "leaky network"]) {
    const [r2] = rowOf(output, label).map(Number);
    expect(r2).toBeLessThan(1);
    expect(r2).toBeGreaterThan(-1e4);
  }
});
