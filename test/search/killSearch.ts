import { spawn } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { integers, RandomStream } from "../../src/random";
import { inProcess, memoryStore, runPopulation } from "../../src/search";
import { quadratic, scheduler } from "./quadratic";

const script = fileURLToPath(new URL("killable.ts", import.meta.url));

/** What a search that nobody disturbs finds, as `killable.ts` prints it. */
export async function undisturbed(): Promise<string> {
  const store = memoryStore();
  const executor = inProcess({ trainer: quadratic, store });
  const { records, best, checkpoint } = await runPopulation({ scheduler: scheduler(), executor, store });
  return JSON.stringify({ records, best, checkpoint: Buffer.from(checkpoint!).toString("base64") });
}

/** What was done to a search, and what it found in the end. */
export interface Disturbed {
  readonly found: string;
  readonly workers: number;
  readonly runners: number;
  readonly damaged: number;
}

/** Runs a search in processes of its own that are killed so many times, workers and runners in turn, files damaged in between. */
export async function killSearch(folder: string, kills: number, seed: string): Promise<Disturbed> {
  const stream = RandomStream.fromSeed(seed);
  const done = { workers: 0, runners: 0, damaged: 0 };
  for (;;) {
    const left = kills - done.workers - done.runners;
    const kill = left > 0 ? { runner: left % 2 === 0, after: integers(stream, 1, 1, 4)[0]! } : null;
    const { found, killed } = await run(folder, kill, integers(stream, 1, 0, 60)[0]!);
    if (killed) done[kill!.runner ? "runners" : "workers"]++;
    if (found && left <= 0) return { found, ...done };
    if (found)
      await rm(folder, { recursive: true }); // sooner than it could be killed: from the start
    else if (await damage(folder, stream)) done.damaged++;
  }
}

async function run(folder: string, kill: { runner: boolean; after: number } | null, delay: number) {
  const child = spawn(process.execPath, ["--import", "tsx", script, folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [found, errors, seen, killed] = ["", "", 0, false];
  child.stderr.on("data", (text) => {
    errors += text;
  });
  createInterface(child.stdout).on("line", async (line) => {
    if (line.startsWith("{")) found = line;
    if (!kill || ++seen !== kill.after) return;
    await sleep(delay);
    const pid = kill.runner ? child.pid! : (await childrenOf(child.pid!))[0];
    if (pid === undefined || found) return;
    killed = true;
    process.kill(pid, "SIGKILL");
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...end) => resolve(end));
  });
  if (!found && signal !== "SIGKILL") throw new Error(`the search ended with ${code ?? signal}: ${errors}`);
  return { found, killed };
}

/** Worker processes of a process. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

/** Changes a byte of one file, or cuts it short. */
async function damage(folder: string, stream: RandomStream): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) return false;
  const [which, at, cut] = integers(stream, 3, 0, 1 << 20) as unknown as [number, number, number];
  const path = files[which % files.length]!;
  const bytes = await readFile(path);
  if (bytes.length === 0) return false;
  bytes[at % bytes.length]! ^= 1;
  await writeFile(path, cut % 2 ? bytes : bytes.subarray(0, at % bytes.length));
  return true;
}
