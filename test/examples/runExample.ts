import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs an example to its end in a process of its own. */
export async function runExample(name: string, args: readonly string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", `examples/${name}/main.ts`, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, output, errors };
}

/** {@link runExample} that must succeed; returns what was printed. */
export async function succeed(name: string, args: readonly string[]): Promise<string> {
  const { code, output, errors } = await runExample(name, args);
  expect(code, errors).toBe(0);
  return output;
}

/** A folder for the time that `body` takes. */
export async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "lfads-example-"));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The cells of the printed row that begins with `label`; columns are at least three spaces apart. */
export function rowOf(output: string, label: string): string[] {
  const line = output.split("\n").find((text) => text.startsWith(label) && text.includes("   "));
  expect(line, `a row "${label}" in\n${output}`).toBeDefined();
  return line!
    .slice(label.length)
    .trim()
    .split(/\s{3,}/);
}

/** Checks that a report is one page that needs nothing else, with as many figures at least. */
export function expectReport(text: string, title: string, figures: number): void {
  expect(text).toMatch(/^<!doctype html>/i);
  expect(text.match(/<title>([^<]*)</)?.[1]).toBe(title);
  expect(text).not.toMatch(/<script|javascript:|https?:|@import|<link|<img|<iframe|\son\w+=/i);
  expect(text.match(/<svg/g)?.length ?? 0).toBeGreaterThanOrEqual(figures);
  expect(text).not.toMatch(/NaN|undefined|\[object/);
}
