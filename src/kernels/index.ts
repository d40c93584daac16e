export { kernelPath, useComposedKernels, useFusedKernels } from "./useKernels";
