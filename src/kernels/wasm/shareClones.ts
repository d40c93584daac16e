import { Identity, registerKernel, type Tensor, unregisterKernel } from "@tensorflow/tfjs-core";

/** Backends that {@link shareClones} has seen. */
const sharing = new Set<string>();

/**
 * Lets the clones of a tensor share its data on a backend, as they do on the cpu backend. The wasm backend copies the data
 * instead, and TensorFlow.js clones all that a gradient will need: activations would be copied for nothing, and what
 * belongs to the data of a tensor would be lost.
 */
export function shareClones(backendName: string): void {
  if (sharing.has(backendName)) return;
  sharing.add(backendName);
  unregisterKernel(Identity, backendName);
  registerKernel({
    kernelName: Identity,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x as Tensor;
      (backend as { incRef(data: object): void }).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}
