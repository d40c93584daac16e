import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killSearch, undisturbed } from "../search/killSearch";

/** Searches of 30 jobs whose workers and runner are killed ten times each; returns how many did not find what they should. */
export async function soakSearch(kills: number, seed: number): Promise<number> {
  const expected = await undisturbed();
  const all = { workers: 0, runners: 0, damaged: 0, searches: 0, faults: 0 };
  for (let left = kills; left > 0; left -= 10) {
    const folder = await mkdtemp(join(tmpdir(), "lfads-soak-"));
    try {
      const { found, ...done } = await killSearch(
        join(folder, "search"),
        Math.min(10, left),
        `${seed}/${left}`,
      );
      for (const name of ["workers", "runners", "damaged"] as const) all[name] += done[name];
      all.searches++;
      if (found !== expected) all.faults++;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const { searches, workers, runners, damaged, faults } = all;
  console.log("| searches | workers killed | runners killed | files damaged | other results |");
  console.log("|---|---|---|---|---|");
  console.log(`| ${searches} | ${workers} | ${runners} | ${damaged} | ${faults} |`);
  return faults;
}
