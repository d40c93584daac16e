import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { colorVariables } from "../report/palette.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** With these headers the page may share memory with workers: kernels then run in threads. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The colours of the reports, as variables of the page. */
const palette: Plugin = {
  name: "palette",
  transformIndexHtml: () => {
    const { light, dark } = colorVariables;
    const children = `:root{${light}}@media (prefers-color-scheme:dark){:root{${dark}}}`;
    return [{ tag: "style", children }];
  },
};

export default defineConfig({
  root: here("."),
  base: "./",
  cacheDir: here("../../node_modules/.vite/studio"),
  plugins: [palette],
  resolve: { tsconfigPaths: true },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
  optimizeDeps: {
    // What only the worker imports: found late, it would load the page anew.
    include: [
      "@tensorflow/tfjs-backend-cpu",
      "@tensorflow/tfjs-backend-wasm",
      "@tensorflow/tfjs-backend-webgl",
      "@tensorflow/tfjs-backend-webgpu",
      "@tensorflow/tfjs-core",
      "@tensorflow/tfjs-layers",
      "h5wasm",
      "ml-matrix",
      "seedrandom/lib/alea.js",
      "uplot",
    ],
  },
  build: { target: "es2022", outDir: here("../../out/studio-site"), emptyOutDir: true },
});
