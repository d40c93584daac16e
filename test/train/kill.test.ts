import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTrainingState } from "../../src/node/trainingStateFile";
import { integers, RandomStream } from "../../src/random";

const script = fileURLToPath(new URL("killable.ts", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfads-kill-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the training in a process of its own; kills it `delay` ms after it has done `batches` batches. */
async function run(path: string, backend: string, kill?: { batches: number; delay: number }) {
  const child = spawn(process.execPath, ["--import", "tsx", script, path, backend], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  let batches = 0;
  createInterface(child.stdout).on("line", () => {
    if (++batches === kill?.batches) setTimeout(() => child.kill("SIGKILL"), kill.delay);
  });
  return { ...(await ended), batches, errors };
}

test.each([
  ["cpu", 3],
  ["wasm", 2],
] as const)("on %s, killed %d times, a training ends with the same bytes", async (backend, kills) => {
  const [whole, killed] = [join(folder, `${backend}-whole`), join(folder, `${backend}-killed`)];
  const uninterrupted = await run(whole, backend);
  expect([uninterrupted.code, uninterrupted.batches], uninterrupted.errors).toEqual([0, 18]);

  const stream = RandomStream.fromSeed(`kill ${backend}`);
  const places: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const batches = integers(stream.fork(`batches ${kill}`), 1, 2, 4)[0]!;
    const delay = integers(stream.fork(`delay ${kill}`), 1, 0, 20)[0]!;
    const { signal, errors } = await run(killed, backend, { batches, delay });
    expect(signal, errors).toBe("SIGKILL");
    const state = await loadTrainingState(killed);
    places.push(`${state!.epoch} ${state!.batch}`);
  }
  expect(new Set(places).size).toBe(kills);
  expect(places.some((place) => !place.endsWith(" 0"))).toBe(true);

  const last = await run(killed, backend);
  expect(last.code, last.errors).toBe(0);
  expect(last.batches).toBeLessThan(18 - kills + 1);
  expect((await readFile(killed)).equals(await readFile(whole))).toBe(true);
});
