import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plainWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threadedWasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import { backend, env, ready, setBackend } from "@tensorflow/tfjs-core";
import { useKernels } from "lfads";
import { BACKENDS, type Backend } from "./messages";
import type { Running } from "./studio";

setWasmPaths({
  "tfjs-backend-wasm.wasm": plainWasm,
  "tfjs-backend-wasm-simd.wasm": simdWasm,
  "tfjs-backend-wasm-threaded-simd.wasm": threadedWasm,
});
// The kernels of lfads have threads of their own: those of the backend would only compete with them.
env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);

/** The backends that this browser has. */
export async function availableBackends(): Promise<readonly Backend[]> {
  const found: Readonly<Record<Backend, boolean>> = {
    wasm: typeof WebAssembly !== "undefined",
    cpu: true,
    webgl: hasWebGl(),
    webgpu: await hasWebGpu(),
  };
  return BACKENDS.filter((name) => found[name]);
}

/** Makes a backend the current one. @throws if it cannot be started */
export async function useBackend(name: Backend, threads: number): Promise<Running> {
  if (!(await setBackend(name).catch(() => false))) {
    throw new Error(`the backend ${name} could not be started here: choose another`);
  }
  await ready();
  const path = await useKernels({ threads });
  const shared = path !== "composed" && crossOriginIsolated;
  return { backend: name, path, threads: shared ? threads : 1, lost: lossOf(name) };
}

/** Resolves when a graphics processor is lost: after that the backend never answers. */
async function lossOf(name: Backend): Promise<string> {
  if (name === "webgl") {
    const { gpgpu } = backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
    await new Promise((resolve) => gpgpu.gl.canvas.addEventListener("webglcontextlost", resolve));
    return "the WebGL context was lost";
  }
  if (name === "webgpu") {
    const { device } = backend() as unknown as { device: { lost: Promise<{ message: string }> } };
    return `the WebGPU device was lost: ${(await device.lost).message}`;
  }
  return new Promise(() => {});
}

function hasWebGl(): boolean {
  return typeof OffscreenCanvas !== "undefined" && new OffscreenCanvas(1, 1).getContext("webgl2") !== null;
}

async function hasWebGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter);
}
