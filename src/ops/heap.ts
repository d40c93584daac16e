import { engine, pad, reshape, slice, type Tensor, type TensorInfo, tensor } from "@tensorflow/tfjs-core";

/** What the wasm backend offers to kernels: tensors as views of its memory. */
interface HeapBackend {
  makeOutput(shape: number[], dtype: "float32"): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

/**
 * A float32 tensor whose numbers `fill` writes, all of them: on the wasm backend into the memory of the backend itself.
 */
export function filled(shape: readonly number[], fill: (target: Float32Array) => void): Tensor {
  const { backend } = engine();
  if (!isHeapBackend(backend)) {
    const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
    fill(values);
    return tensor(values, [...shape], "float32");
  }
  const output = backend.makeOutput([...shape], "float32");
  // Views only now: the memory may have grown, which ends older ones.
  fill(backend.typedArrayFromHeap(output));
  return engine().makeTensorFromTensorInfo(output);
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
  const size = batch * width;
  return filled([batch, width], (target) => {
    target.set(backend.typedArrayFromHeap(x).subarray(t * size, (t + 1) * size));
  });
}

/** The gradient of {@link at}: `[batch, n]` as the `t`-th of `bins` entries, the others zero. */
export function placedAt(x: Tensor, t: number, bins: number): Tensor {
  const [batch, width] = x.shape as [number, number];
  const { backend } = engine();
  if (!isHeapBackend(backend)) {
    return pad(reshape(x, [1, batch, width]), [
      [t, bins - 1 - t],
      [0, 0],
      [0, 0],
    ]);
  }
  return filled([bins, batch, width], (target) => {
    target.fill(0).set(backend.typedArrayFromHeap(x), t * batch * width);
  });
}

function isHeapBackend(backend: object): backend is HeapBackend {
  return "typedArrayFromHeap" in backend && "makeOutput" in backend;
}
