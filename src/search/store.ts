/**
 * Where a search keeps its files: bytes by key. Keys are path-like, of letters, digits, `-`, `_`, `.` and `/`.
 * A `put` that has returned is durable; one that was cut short leaves what was there before, or something that
 * {@link checkedStore} recognises.
 */
export interface Store {
  /** The bytes of a key, or null if there are none. */
  get(key: string): Promise<Uint8Array | null>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Keys that begin with a prefix, in any order. */
  list(prefix: string): Promise<readonly string[]>;
  /** Nothing happens if there is no such key. */
  delete(key: string): Promise<void>;
}
