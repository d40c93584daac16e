import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { inNode } from "./test/browser/commands.ts";
import config from "./vitest.config.ts";

/** With these headers a page is isolated from other origins, and may share memory with workers. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

function page(name: string, headers: Record<string, string>): TestProjectConfiguration {
  return {
    ...config,
    cacheDir: `node_modules/.vite/${name}`,
    server: { headers },
    optimizeDeps: {
      include: [
        "@tensorflow/tfjs-backend-cpu",
        "@tensorflow/tfjs-backend-wasm",
        "@tensorflow/tfjs-core",
        "@tensorflow/tfjs-layers",
        "ml-matrix",
        "seedrandom/lib/alea.js",
      ],
    },
    test: {
      name,
      include: ["test/browser/**/*.test.ts"],
      testTimeout: 0,
      hookTimeout: 0,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] }, // root has no sandbox
        }),
        instances: [{ browser: "chromium" }],
        commands: { inNode },
      },
    },
  };
}

/** Tests in pages of a real browser, Debian's `chromium`: one that is isolated from other origins, one that is not. */
export default defineConfig({
  test: { projects: [page("isolated", ISOLATED), page("open", {})] },
});
