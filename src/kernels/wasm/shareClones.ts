import {
  engine,
  getKernel,
  Identity,
  type KernelConfig,
  registerKernel,
  type Tensor,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

/** What {@link shareClones} replaced. */
const replaced = new Map<string, KernelConfig>();

/**
 * Lets the clones of a tensor share its data. The wasm backend copies the data instead, and TensorFlow.js clones all that a gradient
 * will need: activations would be copied for nothing. The cpu backend shares it, but counts no references to the data of
 * other backends.
 */
export function shareClones(backendName: string): void {
  const own = getKernel(Identity, backendName);
  if (replaced.has(backendName) || !own) return;
  replaced.set(backendName, own);
  replace({
    kernelName: Identity,
    backendName,
    kernelFunc: ({ inputs }) => {
      const { dataId, shape, dtype } = inputs.x as Tensor;
      engine().state.tensorInfo.get(dataId)!.backend.incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}

/** Undoes {@link shareClones}. */
export function copyClones(backendName: string): void {
  const own = replaced.get(backendName);
  if (own) replace(own);
  replaced.delete(backendName);
}

function replace(kernel: KernelConfig): void {
  unregisterKernel(kernel.kernelName, kernel.backendName);
  registerKernel(kernel);
}
