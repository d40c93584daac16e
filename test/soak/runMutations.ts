import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Format = "hdf5" | "safetensors";

/** What became of the damaged files. */
export interface MutationReport {
  readonly valid: number;
  readonly errors: number;
  /** Everything but a valid result and a proper error: `<index> fault | hang | crash ...`. */
  readonly faults: readonly string[];
}

/** No file of ours takes this long; it tells a hang, not a slow machine, from progress. */
const HANG_SECONDS = 60;

/**
 * Reads `count` damaged files in a process of its own, which survives neither a hang nor a crash; another process then
 * goes on behind the file that did it.
 */
export async function runMutations(
  format: Format,
  { count, seed, paths = [] }: { readonly count: number; readonly seed: number; readonly paths?: readonly string[] },
): Promise<MutationReport> {
  let valid = 0;
  let errors = 0;
  const faults: string[] = [];
  for (let next = 0; next < count; ) {
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
      else if (outcome === "valid") valid++;
      else if (outcome === "error") errors++;
      else faults.push(line);
    }
    clearTimeout(timer);
    if (done) break;
    faults.push(`${begun} ${hung ? "hang" : `crash ${complaints.slice(-500)}`}`);
    next = begun + 1;
  }
  return { valid, errors, faults };
}
