import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Store } from "../search/store";
import { checkKey, checkPrefix, isKey } from "../search/stores/keys";
import { syncFolder } from "./syncFolder";
import { writeFileAtomically } from "./writeFileAtomically";

/** What says that there is no file of a key. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ERR_FS_EISDIR"]);

/**
 * A store in a folder of this machine or of a network: a file for each key, in subfolders as its slashes say. The folder is made
 * by the first `put`. Files are written as by {@link writeFileAtomically}, so many processes may use one folder; what a process
 * that was killed left half-written is never listed. A key cannot be put where another key has its folder (`a` and `a/b`), and
 * keys should not differ in upper and lower case alone, which some file systems do not tell apart.
 *
 * @example
 * ```ts
 * import { fileStore } from "lfads/node";
 *
 * const store = fileStore("search"); // a folder
 * await store.put("notes/first", Uint8Array.of(1, 2));
 * const again = fileStore("search"); // in another process
 * console.log(await again.list("notes/"), (await again.get("notes/first"))!.length); // [ 'notes/first' ] 2
 * ```
 * @throws from its methods if the folder cannot be read or written, or the disk is full: what was there before is still there then
 */
export function fileStore(folder: string): Store {
  const root = resolve(folder);
  const pathOf = (key: string) => join(root, ...key.split("/"));
  /** Folders whose names last. */
  const lasting = new Set<string>();

  /** One level after the other: `mkdir` of Node never ends in folders that deny their own existence, as those of /proc. */
  async function makeFolder(path: string): Promise<void> {
    const parent = dirname(path);
    try {
      await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT" || parent === path) throw error;
        await makeFolder(parent);
        await mkdir(path);
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (lasting.has(path)) return;
    await syncFolder(parent);
    lasting.add(path);
  }

  return {
    async get(key) {
      checkKey("fileStore", key);
      try {
        const { buffer, byteOffset, byteLength } = await readFile(pathOf(key));
        return new Uint8Array(buffer, byteOffset, byteLength);
      } catch (cause) {
        if (isAbsent(cause)) return null;
        throw failure("get", key, cause);
      }
    },
    async put(key, bytes) {
      checkKey("fileStore", key);
      const path = pathOf(key);
      try {
        await makeFolder(dirname(path));
        await writeFileAtomically(path, bytes);
      } catch (cause) {
        throw failure("put", key, cause);
      }
    },
    async list(prefix) {
      checkPrefix("fileStore", prefix);
      const keys: string[] = [];
      const visit = async (inside: string): Promise<void> => {
        for (const entry of await entriesOf(join(root, inside))) {
          const key = inside + entry.name;
          if (!isKey(key)) continue; // temporary files, and what others put there
          if (entry.isDirectory()) await visit(`${key}/`);
          else if (entry.isFile() && key.startsWith(prefix)) keys.push(key);
        }
      };
      try {
        await visit(prefix.slice(0, prefix.lastIndexOf("/") + 1));
      } catch (cause) {
        throw failure("list", prefix, cause);
      }
      return keys;
    },
    async delete(key) {
      checkKey("fileStore", key);
      try {
        await rm(pathOf(key));
      } catch (cause) {
        if (!isAbsent(cause)) throw failure("delete", key, cause);
      }
    },
  };

  function failure(method: string, key: string, cause: unknown): Error {
    const { message } = cause as Error;
    return new Error(`fileStore: cannot ${method} "${key}" in ${folder}: ${message}`, { cause });
  }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return ABSENT.has((error as NodeJS.ErrnoException).code ?? "");
}
