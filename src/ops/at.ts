import { engine, reshape, slice, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";

/** What the wasm backend offers to kernels: tensors as views of its memory. */
interface HeapBackend {
  makeOutput(shape: number[], dtype: "float32"): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

/**
 * The `t`-th entry of the first axis, for use within kernels (it has no gradient): `[time, batch, n]` to `[batch, n]`.
 *
 * The slice of the wasm backend first copies the whole tensor, so that taking a sequence apart costs the square of its
 * length; there, the entry is copied within the memory of the backend.
 */
export function at(x: Tensor, t: number): Tensor {
  const [, batch, width] = x.shape as [number, number, number];
  const { backend } = engine();
  if (!isHeapBackend(backend)) return reshape(slice(x, [t, 0, 0], [1, batch, width]), [batch, width]);
  const output = backend.makeOutput([batch, width], "float32");
  const size = batch * width;
  // Views only now: the memory may have grown, which ends older ones.
  const from = backend.typedArrayFromHeap(x).subarray(t * size, (t + 1) * size);
  backend.typedArrayFromHeap(output).set(from);
  return engine().makeTensorFromTensorInfo(output);
}

function isHeapBackend(backend: object): backend is HeapBackend {
  return "typedArrayFromHeap" in backend && "makeOutput" in backend;
}
