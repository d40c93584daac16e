import { engine, Identity, registerKernel, type Tensor, unregisterKernel } from "@tensorflow/tfjs-core";

/** Backends that {@link shareClones} has seen. */
const sharing = new Set<string>();

/**
 * Lets the clones of a tensor share its data. The wasm backend copies the data instead, and TensorFlow.js clones all that a gradient
 * will need: activations would be copied for nothing. The cpu backend shares it, but counts no references to the data of
 * other backends.
 */
export function shareClones(backendName: string): void {
  if (sharing.has(backendName)) return;
  sharing.add(backendName);
  unregisterKernel(Identity, backendName);
  registerKernel({
    kernelName: Identity,
    backendName,
    kernelFunc: ({ inputs }) => {
      const { dataId, shape, dtype } = inputs.x as Tensor;
      engine().state.tensorInfo.get(dataId)!.backend.incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}
