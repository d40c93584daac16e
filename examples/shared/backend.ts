import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { ready, setBackend } from "@tensorflow/tfjs-core";

const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

/** The backend of the examples: WebAssembly, from the files of its package. The library runs on any other as well. */
export async function useWasm(): Promise<void> {
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(main)}/`);
  const errors: NodeJS.EventEmitter = process;
  const before = EVENTS.map((event) => errors.listeners(event));
  if (!(await setBackend("wasm"))) throw new Error("useWasm: the wasm backend could not be started");
  await ready();
  // The module rethrows errors that nobody catches: all of its source would be printed before every message.
  EVENTS.forEach((event, i) => {
    for (const listener of errors.listeners(event)) {
      if (!before[i]!.includes(listener)) errors.removeListener(event, listener as () => void);
    }
  });
}
