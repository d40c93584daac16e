import { StopSearch } from "../stopSearch";
import type { Store } from "../store";
import { checkedStore } from "./checkedStore";

/** The store of a search: checked, and an error of it is one that stops the search, in the name of `owner`. */
export function searchStore(owner: string, store: Store): Store {
  const checked = checkedStore(store);
  async function must<Value>(what: string, answer: Promise<Value>): Promise<Value> {
    try {
      return await answer;
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new StopSearch(`${owner}: the store must ${what}, it says: ${said}`, { cause });
    }
  }
  return {
    get: (key) => must(`give ${key}`, checked.get(key)),
    put: (key, bytes) => must(`keep ${key}`, checked.put(key, bytes)),
    list: (prefix) => must(`list ${prefix}`, checked.list(prefix)),
    delete: (key) => must(`delete ${key}`, checked.delete(key)),
  };
}
