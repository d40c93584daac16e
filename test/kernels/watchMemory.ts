import { memory } from "@tensorflow/tfjs-core";
import { useKernels } from "../../src/kernels";
import { Arena } from "../../src/kernels/wasm/arena";

/** Memory at a moment. */
export interface MemoryUse {
  /** Bytes of the memory of the kernels, and of its blocks in use. */
  readonly bytes: number;
  readonly used: number;
  readonly tensors: number;
  readonly tensorBytes: number;
}

/** Runs `body` with fused kernels and something that looks at their memory; before the first kernel there is nothing to look at. */
export async function watchMemory<T>(body: (look: () => MemoryUse) => Promise<T>): Promise<T> {
  const { allocate } = Arena.prototype;
  let arena: Arena | undefined;
  Arena.prototype.allocate = function (bytes) {
    arena = this;
    return allocate.call(this, bytes);
  };
  await useKernels({ path: "simd" });
  try {
    return await body(() => {
      const { numTensors: tensors, numBytes: tensorBytes } = memory();
      return { bytes: arena?.memory.buffer.byteLength ?? 0, used: arena?.used ?? 0, tensors, tensorBytes };
    });
  } finally {
    await useKernels({ path: "composed" });
    Arena.prototype.allocate = allocate;
  }
}
