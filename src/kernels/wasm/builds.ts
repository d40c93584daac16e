import type { KernelPath } from "../../ops/kernelPath";
import { nodeModule } from "../nodeModule";
import { relaxed, simd } from "./module.generated";

/** Paths that are WebAssembly modules. */
export type Build = Exclude<KernelPath, "composed">;

const FLAG = "--experimental-wasm-relaxed-simd";
const modules = new Map<Build, Promise<WebAssembly.Module>>();

/** The compiled module of a build. @throws if the engine cannot run it */
export function compiled(build: Build): Promise<WebAssembly.Module> {
  const module = modules.get(build) ?? compile(build);
  modules.set(build, module);
  module.catch(() => modules.delete(build));
  return module;
}

async function compile(build: Build): Promise<WebAssembly.Module> {
  const bytes = bytesOf(build);
  if (!WebAssembly.validate(bytes)) throw new Error(`kernels: this engine has no "${build}"`);
  return WebAssembly.compile(bytes);
}

/** Node 20 has relaxed SIMD behind a flag, which this sets where it is missing. */
export function allowRelaxedSimd(): void {
  if (!WebAssembly.validate(bytesOf("relaxed-simd"))) nodeModule("node:v8")?.setFlagsFromString(FLAG);
}

function bytesOf(build: Build): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(build === "simd" ? simd : relaxed), (letter) => letter.charCodeAt(0));
}
