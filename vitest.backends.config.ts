import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { BackendMatrix } from "./test/backends/matrix.ts";
import config from "./vitest.config.ts";

const full = process.env.FULL === "1";

const suite = {
  include: ["test/backends/**/*.test.ts"],
  testTimeout: 0,
  hookTimeout: 0,
};

function inNode(backend: string): TestProjectConfiguration {
  return {
    ...config,
    assetsInclude: ["**/*.safetensors"],
    test: { ...suite, name: `node ${backend}`, pool: "forks", provide: { backend, full } },
  };
}

function inPage(backend: string): TestProjectConfiguration {
  return {
    ...config,
    assetsInclude: ["**/*.safetensors"],
    cacheDir: `node_modules/.vite/backends-${backend}`,
    optimizeDeps: {
      include: [
        "@tensorflow/tfjs-backend-cpu",
        "@tensorflow/tfjs-backend-wasm",
        "@tensorflow/tfjs-backend-webgl",
        "@tensorflow/tfjs-backend-webgpu",
        "@tensorflow/tfjs-core",
        "@tensorflow/tfjs-layers",
        "ml-matrix",
        "seedrandom/lib/alea.js",
      ],
      exclude: ["webgpu"],
    },
    test: {
      ...suite,
      name: `chromium ${backend}`,
      provide: { backend, full },
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: {
            executablePath: "/usr/bin/chromium",
            args: [
              "--no-sandbox", // root has none
              "--enable-unsafe-webgpu",
              "--enable-unsafe-swiftshader",
            ],
          },
        }),
        instances: [{ browser: "chromium" }],
      },
    },
  };
}

/** One suite on all backends, in Node and in Chromium: `npm run test:backends`, with `FULL=1` all golden files on all of them. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", new BackendMatrix()],
    projects: [...["cpu", "wasm", "webgpu"].map(inNode), ...["cpu", "wasm", "webgl", "webgpu"].map(inPage)],
  },
});
