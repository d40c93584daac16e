import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { redisStore } from "../../src/node/redisStore";
import { checkedStore } from "../../src/search/stores/checkedStore";
import { storeContract } from "../search/storeContract";
import { useRedis } from "./useRedis";

const redis = useRedis();

describe("redisStore", () => storeContract("redisStore", () => redisStore({ client: redis.client })));
describe("checkedStore of redisStore", () =>
  storeContract("redisStore", () => checkedStore(redisStore({ client: redis.client, prefix: "other:" }))));

describe("redisStore", () => {
  const bytes = new Uint8Array([0, 255, 13, 10]);

  test("keeps to its prefix, whatever characters that has", async () => {
    const stores = ["a*", "ab", "a[b]", "a\\", "a?"].map((prefix) =>
      redisStore({ client: redis.client, prefix }),
    );
    for (const [k, store] of stores.entries()) await store.put(`k/${k}`, bytes);
    for (const [k, store] of stores.entries()) {
      expect(await store.list("")).toEqual([`k/${k}`]);
      expect(await store.get(`k/${k + 1}`)).toBeNull();
    }
    await redis.client.set("lfads:not a key", "x");
    expect(await redisStore({ client: redis.client }).list("")).toEqual([]);
  });

  test("lists more keys than one scan gives", async () => {
    const store = redisStore({ client: redis.client });
    const keys = Array.from({ length: 3500 }, (_, k) => `checkpoints/${k}/0`);
    await Promise.all(keys.map((key) => store.put(key, bytes)));
    await Promise.all(keys.map((key) => redis.client.set(`others:${key}`, "x")));
    expect([...(await store.list("checkpoints/"))].sort()).toEqual(keys.sort());
  });

  test("what was put survives that Redis is killed", async () => {
    const store = redisStore({ client: redis.client });
    for (let k = 0; k < 20; k++) {
      await store.put(`k/${k}`, new Uint8Array([k]));
      if (k % 7 === 6) await redis.server.restart();
    }
    expect((await store.list("k/")).length).toBe(20);
    for (let k = 0; k < 20; k++) expect(await store.get(`k/${k}`)).toEqual(new Uint8Array([k]));
  });

  test("says what Redis says, and that it cannot be reached", async () => {
    await redis.client.lpush("lfads:list", "x");
    await expect(redisStore({ client: redis.client }).get("list")).rejects.toThrow(
      /^redisStore: cannot get "list": WRONGTYPE /,
    );
    await redis.client.config("SET", "maxmemory", "1");
    await expect(redisStore({ client: redis.client }).put("a/b", bytes)).rejects.toThrow(
      /^redisStore: cannot put "a\/b": OOM command not allowed/,
    );
    await redis.client.config("SET", "maxmemory", "0");
    const away = new Redis({ port: 1, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    away.on("error", () => {});
    const store = redisStore({ client: away });
    await expect(store.list("a")).rejects.toThrow(/^redisStore: cannot list "a": /);
    await expect(store.delete("a")).rejects.toThrow(/^redisStore: cannot delete "a": /);
  });
});
