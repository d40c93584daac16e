import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "lfads/node";

/** Seconds of processor time that a training has taken so far, over all runs of it; 0 where it has not begun. */
export async function secondsOf(stateFile: string): Promise<number> {
  const text = await readFile(`${stateFile}.seconds`, "utf8").catch(() => "0");
  return Number(text);
}

export async function saveSeconds(stateFile: string, seconds: number): Promise<void> {
  await writeFileAtomically(`${stateFile}.seconds`, new TextEncoder().encode(String(seconds)));
}
