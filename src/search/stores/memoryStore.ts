import type { Store } from "../store";
import { checkKey, checkPrefix } from "./keys";

/**
 * A store in memory, for searches that need not outlive their process. It keeps copies, and gives copies.
 *
 * @example
 * ```ts
 * import { memoryStore } from "lfads";
 *
 * const store = memoryStore();
 * await store.put("notes/first", Uint8Array.of(1, 2));
 * console.log(await store.list("notes/")); // [ 'notes/first' ]
 * console.log(await store.get("notes/second")); // null
 * ```
 */
export function memoryStore(): Store {
  const kept = new Map<string, Uint8Array>();
  return {
    async get(key) {
      checkKey("memoryStore", key);
      return kept.get(key)?.slice() ?? null;
    },
    async put(key, bytes) {
      checkKey("memoryStore", key);
      kept.set(key, new Uint8Array(bytes));
    },
    async list(prefix) {
      checkPrefix("memoryStore", prefix);
      return [...kept.keys()].filter((key) => key.startsWith(prefix));
    },
    async delete(key) {
      checkKey("memoryStore", key);
      kept.delete(key);
    },
  };
}
