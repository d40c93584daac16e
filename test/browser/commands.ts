import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BrowserCommand } from "vitest/node";

declare module "vitest/browser" {
  interface BrowserCommands {
    /** What a script of this folder prints when Node runs it; it runs once, whoever asks. */
    inNode(script: string, argument: string): Promise<string>;
  }
}

const printed = new Map<string, Promise<string>>();

export const inNode: BrowserCommand<[script: string, argument: string]> = (_, script, argument) => {
  const key = `${script} ${argument}`;
  const text = printed.get(key) ?? run(script, argument);
  printed.set(key, text);
  return text;
};

async function run(script: string, argument: string): Promise<string> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const args = ["--import", "tsx", path, argument];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  return stdout.trim();
}
