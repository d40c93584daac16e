import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Puts a file in the place of a folder, so that nobody, not even root, can write in it. What was there is in `<path>.0` then. */
export function block(path: string): void {
  const file = `${path}.file`;
  writeFileSync(file, "");
  for (let times = 0; ; times++) {
    renameSync(path, `${path}.${times}`);
    try {
      linkSync(file, path);
      break;
    } catch {
      // A worker has made the folder again in the meantime.
    }
  }
  rmSync(file);
}

/** Takes it back. */
export function unblock(path: string): void {
  rmSync(path);
  renameSync(`${path}.0`, path);
}
