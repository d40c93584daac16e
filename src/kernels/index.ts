export { type KernelPath, kernelPath } from "../ops/kernelPath";
export type { KernelOptions } from "./paths";
export { useKernels } from "./useKernels";
