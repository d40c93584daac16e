import "@tensorflow/tfjs-backend-cpu";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { getBackend, ready, setBackend } from "@tensorflow/tfjs-core";

/** Makes `name` the backend of this process; throws when it cannot be had. */
export async function useBackend(name: string): Promise<void> {
  if (name === "wasm") {
    const wasm = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${dirname(wasm)}/`);
  }
  if (!(await setBackend(name)) || getBackend() !== name) {
    throw new Error(`useBackend: the backend must be cpu or wasm, got "${name}"`);
  }
  await ready();
}
