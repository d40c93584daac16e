import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { env, getBackend, ready, setBackend } from "@tensorflow/tfjs-core";

const WASM = new URL(
  "../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
  import.meta.url,
);

/** Makes `name` the backend of this process, or of this page or worker; throws when it cannot be had. */
export async function useBackend(name: string): Promise<void> {
  if (name === "wasm") setWasmPaths(decodeURI(new URL(".", WASM).pathname));
  if (name === "webgl") await import("@tensorflow/tfjs-backend-webgl");
  if (name === "webgpu") await loadWebgpu();
  if (!(await setBackend(name)) || getBackend() !== name) {
    throw new Error(`useBackend: the backend must be cpu, wasm, webgl or webgpu, got "${name}"`);
  }
  await ready();
}

async function loadWebgpu(): Promise<void> {
  if (typeof window === "undefined") await import("./nodeWebgpu");
  await import("@tensorflow/tfjs-backend-webgpu");
  env().set("WEBGPU_CPU_FORWARD", false); // small tensors too are computed by what is to be tested
  env().set("WEBGPU_MATMUL_PROGRAM_TYPE", 2); // the products that a GPU of software is quick at
}
