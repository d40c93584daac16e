import { matMul, type Tensor, tensor } from "@tensorflow/tfjs-core";
