import {
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
 * Lets the clones of a tensor share its data on a backend, as they do on the cpu backend. The wasm backend copies the data
 * instead, and TensorFlow.js clones all that a gradient will need: activations would be copied for nothing, and what
 * belongs to the data of a tensor would be lost.
 */
export function shareClones(backendName: string): void {
  const own = getKernel(Identity, backendName);
  if (replaced.has(backendName) || !own) return;
  replaced.set(backendName, own);
  replace({
    kernelName: Identity,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x as Tensor;
      (backend as { incRef(data: object): void }).incRef(dataId);
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
