import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^lfads$/, replacement: source("./src/index.ts") },
      { find: /^lfads\/hdf5$/, replacement: source("./src/hdf5.ts") },
      { find: /^lfads\/bullmq$/, replacement: source("./src/bullmq.ts") },
      { find: /^lfads\/node$/, replacement: source("./src/node.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/backends/**", "test/browser/**", "test/servers/**", "test/studio/**"], // they have configurations of their own
    pool: "forks",
    maxWorkers: 3, // some tests wait for processes
    testTimeout: 0,
    hookTimeout: 0,
  },
});
