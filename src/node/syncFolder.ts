import { open } from "node:fs/promises";

/** Makes new names in a folder last. Not all systems (Windows) and file systems can: then nothing happens. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The files themselves are whole, under their old or their new content.
  }
}
