import { mul, square, sub, sum, type Tensor } from "@tensorflow/tfjs-core";
import { fanInWeights, linear, type Parameters, type RandomStream, type VectorField } from "lfads";

/** `dx/dt = W x - |x|^2 x`: linear near the origin, and no state leaves for infinity. */
export class BoundedLinearField implements VectorField {
  readonly inputSize = 0;
  readonly recurrentKernels = ["weight"];

  constructor(readonly stateSize: number) {}

  init(stream: RandomStream): Parameters {
    const n = this.stateSize;
    return { weight: fanInWeights(stream.fork("weight"), [n, n], n) };
  }

  derivative(parameters: Parameters, _input: Tensor | null, x: Tensor): Tensor {
    return sub(linear(x, parameters.weight!), mul(sum(square(x), 1, true), x));
  }
}
