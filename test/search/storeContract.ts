import { expect, test } from "vitest";
import type { Store } from "../../src/search/store";

const bytesOf = (...bytes: number[]) => new Uint8Array(bytes);
const sorted = async (keys: Promise<readonly string[]>) => [...(await keys)].sort();

/** What every store keeps to. `open` gives an empty one; `name` is the one that errors bear. */
export function storeContract(name: string, open: () => Promise<Store> | Store): void {
  test("gives what was put, and null for what was not", async () => {
    const store = await open();
    expect(await store.get("checkpoints/0/1")).toBeNull();
    await store.put("checkpoints/0/1", bytesOf(1, 2, 3));
    expect(await store.get("checkpoints/0/1")).toEqual(bytesOf(1, 2, 3));
    expect(await store.get("checkpoints/0")).toBeNull();
    expect(await store.get("checkpoints/0/1/2")).toBeNull();
  });

  test("overwrites", async () => {
    const store = await open();
    for (const bytes of [bytesOf(1, 2, 3), bytesOf(4), bytesOf(), bytesOf(5, 6)]) {
      await store.put("a", bytes);
      expect(await store.get("a")).toEqual(bytes);
    }
    expect(await store.list("")).toEqual(["a"]);
  });

  test("keeps empty and big bytes, and parts of buffers", async () => {
    const store = await open();
    const big = Uint8Array.from({ length: 3_000_001 }, (_, k) => (k * 7 + (k >> 8)) & 255);
    await store.put("empty", bytesOf());
    await store.put("big", big);
    await store.put("part", big.subarray(11, 300));
    expect(await store.get("empty")).toEqual(bytesOf());
    const read = await store.get("big");
    expect(read?.length).toBe(big.length);
    expect(Buffer.compare(read!, big)).toBe(0);
    expect(await store.get("part")).toEqual(big.slice(11, 300));
  });

  test("what is changed after a put or get does not change what is kept", async () => {
    const store = await open();
    const bytes = bytesOf(1, 2, 3);
    await store.put("a", bytes);
    bytes[0] = 9;
    const read = await store.get("a");
    read![1] = 9;
    expect(await store.get("a")).toEqual(bytesOf(1, 2, 3));
  });

  test("puts at the same time, of many keys and of one", async () => {
    const store = await open();
    const many = Array.from({ length: 40 }, (_, k) => k);
    await Promise.all(many.map((k) => store.put(`checkpoints/${k % 3}/${k}`, bytesOf(k))));
    for (const k of many) expect(await store.get(`checkpoints/${k % 3}/${k}`)).toEqual(bytesOf(k));
    await Promise.all(many.map((k) => store.put("one", new Uint8Array(100_000).fill(k))));
    const one = await store.get("one");
    expect(Buffer.compare(one!, new Uint8Array(100_000).fill(one![0]!))).toBe(0);
  });

  test("lists by prefix", async () => {
    const store = await open();
    const keys = ["a", "ab/c", "ab/cd/e", "ab/d", "b-1_2.json", "checkpoints/1/1", "checkpoints/10/1"];
    expect(await store.list("")).toEqual([]);
    for (const key of keys) await store.put(key, bytesOf(1));
    expect(await sorted(store.list(""))).toEqual(keys);
    expect(await sorted(store.list("a"))).toEqual(keys.slice(0, 4));
    expect(await sorted(store.list("ab/"))).toEqual(keys.slice(1, 4));
    expect(await sorted(store.list("ab/c"))).toEqual(keys.slice(1, 3));
    expect(await sorted(store.list("checkpoints/1"))).toEqual(keys.slice(5));
    expect(await sorted(store.list("checkpoints/1/"))).toEqual(["checkpoints/1/1"]);
    expect(await sorted(store.list("b-1_2.json"))).toEqual(["b-1_2.json"]);
    expect(await store.list("b-1_2.json/")).toEqual([]);
    expect(await store.list("nothing/here/")).toEqual([]);
  });

  test("deletes, also what is not there", async () => {
    const store = await open();
    for (const key of ["a/b", "a/c"]) await store.put(key, bytesOf(1));
    await store.delete("a/b");
    await store.delete("a/b");
    await store.delete("a");
    await store.delete("a/c/d");
    await store.delete("x/y");
    expect(await store.get("a/b")).toBeNull();
    expect(await store.list("")).toEqual(["a/c"]);
    await store.put("a/b", bytesOf(2));
    expect(await store.get("a/b")).toEqual(bytesOf(2));
  });

  test.each([
    "",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/../../b",
    "a/./b",
    ".a",
    "a b",
    "a\\b",
    "é",
    "a\n",
  ])("refuses the key %j", async (key) => {
    const store = await open();
    const error = `${name}: a key must be made of letters, digits, - _ . and /, and no part between slashes may be empty or begin with a dot, got ${JSON.stringify(key)}`;
    await expect(store.put(key, bytesOf(1))).rejects.toThrow(error);
    await expect(store.get(key)).rejects.toThrow(error);
    await expect(store.delete(key)).rejects.toThrow(error);
    expect(await store.list("")).toEqual([]);
  });

  test.each(["/", "a//", "..", "../a", ".a", "a b"])("refuses the prefix %j", async (prefix) => {
    const store = await open();
    await expect(store.list(prefix)).rejects.toThrow(`${name}: a prefix must be made of`);
  });
}
