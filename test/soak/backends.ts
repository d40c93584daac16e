import { spawnSync } from "node:child_process";

/**
 * The suite of all backends with all golden files on each of them, in Node and Chromium, and the built package on all versions of Node with
 * both backends; prints their tables.
 */
export function soakBackends(): number {
  const runs = [
    ["run", "test:backends"],
    ["run", "build"],
    ["run", "matrix", "--", "--full"],
  ];
  const failed = runs.filter((args) => {
    const { status } = spawnSync("npm", args, { stdio: "inherit", env: { ...process.env, FULL: "1" } });
    return status !== 0;
  });
  return failed.length;
}
