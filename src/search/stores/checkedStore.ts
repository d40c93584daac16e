import type { Store } from "../store";

/** Settings of {@link checkedStore}. */
export interface CheckedStoreOptions {
  /** Is told of every key that holds something damaged when it is read. @default nothing is told */
  readonly onDamaged?: (key: string) => void;
}

const MAGIC = new TextEncoder().encode("lfadsput");
/** Magic, length as a 64-bit little-endian integer, SHA-256. */
const HEADER = MAGIC.length + 8 + 32;
/** The store that a checked one is around. */
const inner = new WeakMap<Store, Store>();

/**
 * A store around another that never gives damaged bytes: `put` writes their length and SHA-256 in front of them, and `get` returns
 * null for what is cut short, changed or was put without this store, as if it had never been there. A store that is checked already is
 * given back: searches check theirs, whoever did so before.
 *
 * @example
 * ```ts
 * import { checkedStore, memoryStore } from "lfads";
 *
 * const inner = memoryStore();
 * const store = checkedStore(inner, { onDamaged: (key) => console.log(`${key} is damaged`) });
 * await store.put("result", Uint8Array.of(1, 2));
 * const bytes = (await inner.get("result"))!;
 * await inner.put("result", bytes.subarray(0, -1)); // cut short
 * console.log(await store.get("result")); // null
 * ```
 * @throws if there is no Web Crypto, as in a page that came neither over https nor from localhost
 */
export function checkedStore(store: Store, { onDamaged }: CheckedStoreOptions = {}): Store {
  if (inner.has(store)) return store;
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new Error(
      "checkedStore: SHA-256 needs crypto.subtle, which pages have over https or from localhost",
    );
  }
  const digest = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await subtle.digest("SHA-256", bytes));
  const own: Store = {
    async get(key) {
      const framed = await store.get(key);
      if (!framed) return null;
      const bytes = framed.slice(HEADER);
      if (isWhole(framed, bytes.length) && same(framed.subarray(HEADER - 32, HEADER), await digest(bytes))) {
        return bytes;
      }
      onDamaged?.(key);
      return null;
    },
    async put(key, bytes) {
      const framed = new Uint8Array(HEADER + bytes.length);
      framed.set(MAGIC);
      new DataView(framed.buffer).setBigUint64(MAGIC.length, BigInt(bytes.length), true);
      framed.set(bytes, HEADER);
      framed.set(await digest(framed.subarray(HEADER)), HEADER - 32);
      await store.put(key, framed);
    },
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
  };
  inner.set(own, store);
  return own;
}

/** The store that a checked one is around, for those who check for themselves; any other is given back. */
export function uncheckedStore(store: Store): Store {
  return inner.get(store) ?? store;
}

function isWhole(framed: Uint8Array, length: number): boolean {
  if (framed.length < HEADER || !same(framed.subarray(0, MAGIC.length), MAGIC)) return false;
  const view = new DataView(framed.buffer, framed.byteOffset, HEADER);
  return view.getBigUint64(MAGIC.length, true) === BigInt(length);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
