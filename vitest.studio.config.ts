import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** Tests of the page of `examples/browser`, as its server serves it and as it is built, in Debian's `chromium`. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [], exclude: [] } },
  defineConfig({ test: { include: ["test/studio/**/*.test.ts"], maxWorkers: 1 } }),
);
