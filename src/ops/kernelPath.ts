import { getBackend } from "@tensorflow/tfjs-core";

/**
 * What operations run on: plain tensor operations, or fused kernels in WebAssembly with SIMD, or these with fused
 * multiply-adds. The numbers of one path differ from those of another in the last bits.
 */
export type KernelPath = "composed" | "simd" | "relaxed-simd";

export const KERNEL_PATHS: readonly KernelPath[] = ["composed", "simd", "relaxed-simd"];

/** Backends whose tensors are in the memory of this process: only there are the kernels at home. */
const BACKENDS: readonly string[] = ["cpu", "wasm"];

let path: KernelPath = "composed";

/** Whether the current backend has other paths than the composed one. */
export function hasKernels(): boolean {
  return BACKENDS.includes(getBackend());
}

/** The path that operations run on at present, on the current backend. */
export function kernelPath(): KernelPath {
  return hasKernels() ? path : "composed";
}

/** From now on operations run on a path, which must be loaded. */
export function setKernelPath(other: KernelPath): void {
  path = other;
}

/** Runs operations on a path, which must be loaded. What the body starts and does not wait for is not on it. */
export function onPath<T>(other: KernelPath, body: () => T): T {
  const before = path;
  path = other;
  try {
    return body();
  } finally {
    path = before;
  }
}
