import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { getBackend, ready, setBackend } from "@tensorflow/tfjs-core";

const WASM = new URL(
  "../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
  import.meta.url,
);

/** Makes `name` the backend of this process, or of this page or worker; throws when it cannot be had. */
export async function useBackend(name: string): Promise<void> {
  if (name === "wasm") setWasmPaths(decodeURI(new URL(".", WASM).pathname));
  if (!(await setBackend(name)) || getBackend() !== name) {
    throw new Error(`useBackend: the backend must be cpu or wasm, got "${name}"`);
  }
  await ready();
}
