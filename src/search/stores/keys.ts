const PART = "[A-Za-z0-9_-][A-Za-z0-9_.-]*";
const KEY = new RegExp(`^${PART}(/${PART})*$`);
const PREFIX = new RegExp(`^(${PART}/)*(${PART})?$`);
const RULE =
  "made of letters, digits, - _ . and /, and no part between slashes may be empty or begin with a dot";

/** Whether a store can keep something under this key: the rule of all stores. */
export function isKey(key: string): boolean {
  return KEY.test(key);
}

/** @throws if this is not a key of a store, in the name of the store */
export function checkKey(store: string, key: string): void {
  if (!isKey(key)) throw new Error(`${store}: a key must be ${RULE}, got ${JSON.stringify(key)}`);
}

/** @throws if no key can begin so, in the name of the store */
export function checkPrefix(store: string, prefix: string): void {
  if (!PREFIX.test(prefix)) {
    throw new Error(`${store}: a prefix must be ${RULE}, got ${JSON.stringify(prefix)}`);
  }
}
