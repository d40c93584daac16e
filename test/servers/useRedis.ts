import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type RedisServer, redisClient, startRedis } from "./redisServer";

/** For the tests of a file: a server, empty before each of them, and a client of it. */
export function useRedis(): { readonly server: RedisServer; readonly client: Redis } {
  const redis = {} as { server: RedisServer; client: Redis };
  beforeAll(async () => {
    redis.server = await startRedis();
    redis.client = redisClient(redis.server.port);
  });
  afterAll(async () => {
    redis.client?.disconnect();
    await redis.server?.remove();
  });
  beforeEach(() => redis.client.flushall());
  return redis;
}
