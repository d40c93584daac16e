import { type NdArray, ndarray } from "../data/ndarray";

/** `y = x W + b`: what the regressions return. */
export interface LinearMap {
  /** `[inputs, outputs]` */
  readonly weights: NdArray<Float64Array>;
  /** `[outputs]` */
  readonly bias: Float64Array;
}

/**
 * Applies a linear map along the last axis: `[..., inputs]` gives `[..., outputs]`.
 *
 * @throws if the last axis has not as many entries as the map has inputs
 */
export function applyLinearMap({ weights, bias }: LinearMap, x: NdArray): NdArray<Float64Array> {
  const [inputs = 0, outputs = 0] = weights.shape;
  if (x.shape[x.shape.length - 1] !== inputs) {
    throw new RangeError(`applyLinearMap: x must be [..., ${inputs}], got [${x.shape}]`);
  }
  const rows = x.data.length / inputs;
  const y = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const to = row * outputs;
    y.set(bias, to);
    for (let i = 0; i < inputs; i++) {
      const value = x.data[row * inputs + i]!;
      for (let j = 0; j < outputs; j++) y[to + j]! += value * weights.data[i * outputs + j]!;
    }
  }
  return ndarray(y, [...x.shape.slice(0, -1), outputs]);
}
