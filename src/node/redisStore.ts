import type { Store } from "../search/store";
import { checkKey, checkPrefix, isKey } from "../search/stores/keys";

/** What is used of a Redis client: `ioredis` has it. */
export interface RedisStoreClient {
  getBuffer(key: string): Promise<Buffer | null>;
  set(key: string, value: Buffer): Promise<unknown>;
  del(key: string): Promise<unknown>;
  scan(
    cursor: string,
    match: "MATCH",
    pattern: string,
    count: "COUNT",
    keys: number,
  ): Promise<readonly [cursor: string, keys: readonly string[]]>;
}

/** Settings of {@link redisStore}. */
export interface RedisStoreOptions {
  /** A connection, whose owner closes it. It has no `keyPrefix` of its own. */
  readonly client: RedisStoreClient;
  /** Keys in Redis begin with this. @default "lfads:" */
  readonly prefix?: string;
}

/**
 * A store in Redis. What is put lasts as Redis is set to have it last: with `appendonly yes` and `appendfsync always` every `put` that
 * has returned does, by default the last minutes may be lost when Redis is killed. A value has at most 512 MB.
 *
 * @throws from its methods if Redis refuses or cannot be reached
 */
export function redisStore({ client, prefix: before = "lfads:" }: RedisStoreOptions): Store {
  async function ask<Value>(what: string, key: string, answer: () => Promise<Value>): Promise<Value> {
    try {
      return await answer();
    } catch (cause) {
      throw new Error(`redisStore: cannot ${what} "${key}": ${(cause as Error).message}`, { cause });
    }
  }

  return {
    async get(key) {
      checkKey("redisStore", key);
      const bytes = await ask("get", key, () => client.getBuffer(before + key));
      return bytes && new Uint8Array(bytes);
    },
    async put(key, bytes) {
      checkKey("redisStore", key);
      await ask("put", key, () => client.set(before + key, Buffer.from(bytes)));
    },
    async list(prefix) {
      checkPrefix("redisStore", prefix);
      const keys = new Set<string>(); // a scan may tell of a key twice
      const pattern = `${before.replace(/[\\[\]*?]/g, "\\$&")}${prefix}*`;
      let cursor = "0";
      do {
        const [next, found] = await ask("list", prefix, () =>
          client.scan(cursor, "MATCH", pattern, "COUNT", 1000),
        );
        for (const key of found) if (isKey(key.slice(before.length))) keys.add(key.slice(before.length));
        cursor = next;
      } while (cursor !== "0");
      return [...keys];
    },
    async delete(key) {
      checkKey("redisStore", key);
      await ask("delete", key, () => client.del(before + key));
    },
  };
}
