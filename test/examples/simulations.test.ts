import { readdir, readFile } from "node:fs/promises";
import type { TrialSet } from "lfads";
import { expect, test } from "vitest";
import { smallSets } from "../../examples/small-data/sets";
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

test("sample-validation searches three times, goes on, and writes its report", async () => {
  await inFolder(async (folder) => {
    const study = () => succeed("sample-validation", ["--models", "3", "--epochs", "2", "--out", folder]);
    const output = await study();
    for (const label of ["neither", "coordinated dropout", "sample validation"]) {
      const cells = rowOf(output, label);
      expect(Math.abs(Number(cells[0]))).toBeLessThanOrEqual(1);
      expect(Number(cells[2])).toBeLessThanOrEqual(Number(cells[3]));
    }
    expectReport(await readFile(`${folder}/report.html`, "utf8"), "Validation that means something", 3);
    const table = (text: string) => text.slice(text.indexOf("rank correlation"));
    expect(table(await study())).toBe(table(output)); // all is done
  });
});

test("small-data compares three ways to hyperparameters on test trials", async () => {
  await inFolder(async (folder) => {
    const output = await succeed("small-data", [
      ...["--sets", "lorenz", "--seeds", "0,1", "--members", "2", "--epochs", "4", "--ramp", "2"],
      ...["--generation-epochs", "1", "--out", folder],
    ]);
    for (const label of ["defaults, no coordinated dropout", "defaults", "random search", "PBT"]) {
      const row = output.split("\n").find((line) => line.startsWith(`| ${label} |`))!;
      expect(row).toMatch(
        /^(\| [\w ,]+) (\| \*\*-?\d+\.\d{3}\*\* \((-?\d+\.\d{3}, ){1}-?\d+\.\d{3}\) ){2}\|$/,
      );
    }
    expect(await readdir(folder)).toHaveLength(8);
  });
});

test.each(["lorenz", "s1"] as const)("small-data keeps test trials of %s apart", async (set) => {
  const small = await smallSets[set].load(0);
  const inds = (trials: TrialSet) => Array.from(trials.extras!.inds!.data);
  const seen = [...inds(small.dataset.train), ...inds(small.dataset.valid)];
  expect(seen).toHaveLength(100);
  expect(new Set(seen).size).toBe(100);
  expect(inds(small.test).filter((index) => seen.includes(index))).toEqual([]);
});

test("custom-generator trains a GRU and a network of its own", async () => {
  const output = await succeed("custom-generator", ["--epochs", "2", "--trials", "1"]);
  for (const label of ["GRU", "leaky network"]) {
    const [r2] = rowOf(output, label).map(Number);
    expect(r2).toBeLessThan(1);
    expect(r2).toBeGreaterThan(-1e4);
  }
});
