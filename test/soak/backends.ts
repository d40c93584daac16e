import { spawnSync } from "node:child_process";

/** The suite of all backends with all golden files on each of them, in Node and Chromium; prints its matrix. */
export function soakBackends(): number {
  const args = ["vitest", "run", "--config", "vitest.backends.config.ts"];
  const { status } = spawnSync("npx", args, { stdio: "inherit", env: { ...process.env, FULL: "1" } });
  return status === 0 ? 0 : 1;
}
