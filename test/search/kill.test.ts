import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { killSearch, undisturbed } from "./killSearch";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfads-search-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a search whose workers and runner are killed, and whose files are damaged, finds what it would have found", async () => {
  const { found, workers, runners, damaged } = await killSearch(join(folder, "search"), 4, "kill");
  expect([workers, runners]).toEqual([2, 2]);
  expect(damaged).toBeGreaterThan(0);
  expect(found).toBe(await undisturbed());
});
