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

/** Versions of functions, by path and name. */
const versions = new Map<string, unknown>();

/**
 * The version of a function of tensors for the current path, or the plain one where there is no other. It is the light form of an
 * `Op`, for functions that TensorFlow.js differentiates by itself: whoever bundles only these goes without the registry of
 * operations.
 *
 * @param plain made of plain tensor operations
 */
export function version<F>(name: string, plain: F): F {
  return (versions.get(kernelPath() + name) as F | undefined) ?? plain;
}

/** From now on this is the version of a path. */
export function useVersion<F>(on: KernelPath, name: string, other: F): void {
  versions.set(on + name, other);
}
