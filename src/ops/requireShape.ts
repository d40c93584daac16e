import type { Tensor } from "@tensorflow/tfjs-core";

/** @throws if a tensor does not have the shape */
export function requireShape(where: string, name: string, x: Tensor, shape: readonly number[]): void {
  if (`${x.shape}` !== `${shape}`) {
    throw new Error(`${where}: ${name} must be [${shape}], got [${x.shape}]`);
  }
}
