import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { ready, setBackend } from "@tensorflow/tfjs-core";

/** The backend of the examples: WebAssembly, from the files of its package. The library runs on any other as well. */
export async function useWasm(): Promise<void> {
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(main)}/`);
  if (!(await setBackend("wasm"))) throw new Error("useWasm: the wasm backend could not be started");
  await ready();
}
