import { defineConfig } from "tsup";

const entry = ["src/index.ts", "src/hdf5.ts", "src/node.ts", "src/bullmq.ts"];

export default defineConfig({
  // The folders too, so that none shares a file with another: what uses only some of them then loads no more than these.
  entry: [...entry, "src/nodeWorker.ts", "src/lfadsWorker.ts", "src/*/index.ts", "src/train/gradients.ts"],
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  external: [/^node:/],
  dts: { entry },
  sourcemap: true,
  clean: true,
  treeshake: true,
  splitting: true,
  removeNodeProtocol: false,
});
