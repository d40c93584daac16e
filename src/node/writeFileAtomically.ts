import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncFolder } from "./syncFolder";

/**
 * Writes a file so that at every moment, even if the machine stops, the path holds either what it held before or all of
 * the new bytes: they go to a temporary file in the same folder, reach the disk and take the path's place.
 *
 * @throws if the folder does not exist or cannot be written, or the disk is full; the path is as before then, and the
 *   temporary file is removed
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error says more
    throw new Error(`writeFileAtomically: cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
  await syncFolder(folder);
}
