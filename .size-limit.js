/**
 * `npm run size`: what a bundler makes of each entry point of the built package, and of what a program takes from it; minified and
 * compressed by Brotli, with dependencies, without peers. The kernels are a chunk of their own, loaded when they are first needed.
 */
const main = "dist/index.js";
const kernels = "wasm-*.js";

export default [
  { name: "lfads", path: main, limit: "82 kB" },
  { name: "lfads/hdf5", path: "dist/hdf5.js", limit: "5.3 kB" },
  { name: "lfads/node", path: "dist/node.js", limit: "17.8 kB" },
  { name: "lfads/bullmq", path: "dist/bullmq.js", limit: "4.5 kB" },
  { name: "{ coordinatedDropout }", path: main, import: "{ coordinatedDropout }", limit: "930 B" },
  { name: "{ pbt }", path: main, import: "{ pbt }", limit: "5.4 kB" },
  { name: "{ LFADS, infer }", path: main, import: "{ LFADS, infer }", limit: "19.4 kB" },
  { name: "{ LFADS, fit }", path: main, import: "{ LFADS, fit }", limit: "27.3 kB" },
  { name: "kernels", path: `dist/${kernels}`, ignore: ["./chunk-*.js"], limit: "29.6 kB" },
].map((check) => ({
  ignore: [`./${kernels}`],
  ...check,
  modifyEsbuildConfig: (config) => ({
    ...config,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "error", // chunks without side effects are rightly left out
  }),
}));
