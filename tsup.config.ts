import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", hdf5: "src/hdf5.ts", node: "src/node.ts" },
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  dts: true,
  sourcemap: true,
  clean: true,
  treeshake: true,
  splitting: true,
  external: [/^node:/, /^@tensorflow\//, "seedrandom", "ml-matrix", "h5wasm"],
});
