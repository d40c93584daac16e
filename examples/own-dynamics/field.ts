import { sub, type Tensor, tanh } from "@tensorflow/tfjs-core";
import { fanInWeights, linear, type Parameters, type RandomStream, type VectorField } from "lfads";

/** The rate network of neuroscience, `dx/dt = W tanh(x) - x`: units that decay to rest and drive each other. */
export class RateNetwork implements VectorField {
  readonly inputSize = 0;
  readonly recurrentKernels = ["weight"];

  constructor(readonly stateSize: number) {}

  init(stream: RandomStream): Parameters {
    const n = this.stateSize;
    return { weight: fanInWeights(stream.fork("weight"), [n, n], n) };
  }

  derivative(parameters: Parameters, _input: Tensor | null, x: Tensor): Tensor {
    return sub(linear(tanh(x), parameters.weight!), x);
  }
}
