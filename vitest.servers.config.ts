import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** Tests that need a server on this machine, which they start themselves: Debian's `redis-server`. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [], exclude: [] } },
  defineConfig({ test: { include: ["test/servers/**/*.test.ts"] } }),
);
