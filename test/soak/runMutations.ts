import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Format = "hdf5" | "safetensors";

/** What became of the damaged files, by their indices. */
export interface MutationReport {
  readonly valid: readonly number[];
  /** Those that gave a proper error. */
  readonly errors: readonly number[];
  /** Everything but a valid result and a proper error: `<index> fault | hang | crash ...`. */
  readonly faults: readonly string[];
}

/** No file of ours takes this long; it tells a hang, not a slow machine, from progress. */
const HANG_SECONDS = 60;
/** Enough to look at. */
const MANY_FAULTS = 20;

/**
 * Reads `count` damaged files in a process of its own, which survives neither a hang nor a crash; another process then
 * goes on behind the file that did it.
 */
export async function runMutations(
  format: Format,
  {
    count,
    seed,
    paths = [],
  }: { readonly count: number; readonly seed: number; readonly paths?: readonly string[] },
): Promise<MutationReport> {
  const valid: number[] = [];
  const errors: number[] = [];
  const faults: string[] = [];
  for (let next = 0; next < count && faults.length < MANY_FAULTS; ) {
    let done = false;
    let begun = next;
    let hung = false;
    const script = fileURLToPath(new URL("mutationChild.ts", import.meta.url));
    const args = [format, seed, next, count].map(String);
    const child = spawn(process.execPath, ["--import", "tsx", script, ...args, ...paths], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let complaints = "";
    child.stderr.on("data", (data) => {
      complaints += data;
    });
    const watchdog = () =>
      setTimeout(() => {
        hung = true;
        child.kill("SIGKILL");
      }, HANG_SECONDS * 1000);
    let timer = watchdog();
    for await (const line of createInterface(child.stdout)) {
      clearTimeout(timer);
      timer = watchdog();
      const [index, outcome] = line.split(" ");
      if (line === "done") done = true;
      else if (outcome === "begin") begun = Number(index);
      else if (outcome === "valid") valid.push(Number(index));
      else if (outcome === "error") errors.push(Number(index));
      else faults.push(line);
    }
    clearTimeout(timer);
    if (done) break;
    faults.push(`${begun} ${hung ? "hang" : `crash ${complaints.slice(-500)}`}`);
    next = begun + 1;
  }
  return { valid, errors, faults };
}
