import { KERNEL_PATHS, type KernelPath, kernelPath, setKernelPath } from "../ops/kernelPath";
import { type KernelOptions, setKernelOptions } from "./paths";

/**
 * Chooses what operations run on, on the backends `cpu` and `wasm`; on others they are always composed of plain tensor
 * operations. It holds for all operations that are called from now on, and for every `fit` and `infer` that starts from now
 * on, but not for a resumed training, which keeps to the path of its state.
 *
 * Without this call, `fit` and `infer` choose the fastest path by themselves, with as many threads as there are cores, and operations
 * that are called directly, outside of them, run composed.
 *
 * @example
 * ```ts
 * import { useKernels } from "lfads";
 *
 * const path = await useKernels({ path: "simd", threads: 2 });
 * console.log(path); // simd
 * ```
 * @returns the path of the current backend
 * @throws if an option is out of range, or the engine cannot run the path
 */
export async function useKernels(options: KernelOptions = {}): Promise<KernelPath> {
  const { path, threads = 1 } = options;
  if (path !== undefined && !KERNEL_PATHS.includes(path)) {
    throw new Error(`useKernels: path must be one of ${KERNEL_PATHS.join(", ")}, got "${path}"`);
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new Error(`useKernels: threads must be a positive integer, got ${threads}`);
  }
  const loaded = await setKernelOptions(options).catch((cause) => {
    throw new Error(`useKernels: this engine cannot run the path "${path}": ${cause}`, { cause });
  });
  setKernelPath(loaded);
  return kernelPath();
}
