import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulateLorenz } from "../../src";
import { saveHdf5 } from "../../src/node";
import { useBackend } from "../backend";
import { programsOf } from "./programs";
import { run } from "./run";
import { typeErrors } from "./typeErrors";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const under = (folder: string, type: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(type))
    .map((path) => `${folder}/${path}`)
    .sort();
const guides = under("docs", ".md").filter((path) => !path.startsWith("docs/api/"));
const programs = ["README.md", ...guides, ...under("src", ".ts")].flatMap((path) => programsOf(root, path));

const home = process.cwd();
let recording: string;
let folder: string;
beforeAll(async () => {
  await useBackend("wasm");
  folder = mkdtempSync(join(tmpdir(), "lfads-docs-"));
  recording = join(folder, "recording.h5");
  const sizes = { conditions: 5, trialsPerCondition: 4, bins: 20, channels: 8 };
  await saveHdf5(recording, simulateLorenz({ ...sizes, meanRate: 30, heldOut: 2 }));
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test("snippets have the types of the library", () => {
  expect(typeErrors(root, programs)).toEqual([]);
});

describe("snippets run", () => {
  test.each(programs.map((program) => [program.name, program] as const))("%s", async (_, program) => {
    const own = mkdtempSync(join(folder, "program-"));
    copyFileSync(recording, join(own, "recording.h5"));
    process.chdir(own);
    await run(program);
  });
});
