import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { expectReport, inFolder, rowOf, succeed } from "./runExample";

test("AutoLFADS searches on the shipped recording, and the same command goes on", async () => {
  await inFolder(async (folder) => {
    const search = (generations: number) =>
      succeed("autolfads", [
        ...["--out", folder, "--generations", `${generations}`],
        ...["--population", "2", "--generation-epochs", "1", "--burn-in", "1", "--samples", "1"],
      ]);
    const output = await search(2);
    const scores = rowOf(output, "AutoLFADS").map(Number);
    expect([scores.length, scores.every((score) => Math.abs(score) < 2)]).toEqual([3, true]);
    expect((await readdir(folder)).sort()).toEqual([
      ...["model.safetensors", "report.html", "search", "search.csv", "search.jsonl"],
    ]);
    const log = await readFile(`${folder}/search.csv`, "utf8");
    expect(log.trimEnd().split("\n")).toHaveLength(5);
    expect(log).toContain("valid/recon_smth");
    expectReport(await readFile(`${folder}/report.html`, "utf8"), "AutoLFADS", 10);

    await search(2); // all is done
    expect(await readFile(`${folder}/search.csv`, "utf8")).toBe(log);
  });
});
