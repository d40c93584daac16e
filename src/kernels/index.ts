export { type KernelPath, kernelPath, useComposedKernels, useFusedKernels } from "./useKernels";
