// Randomness

export * from "./augmentations";
// Data
export * from "./data";
// Evaluation
export * from "./evaluate";
// Fast implementations of the operations
export * from "./kernels";
// The blocks as tfjs-layers layers
export * from "./layers";
// The model
export * from "./model";
// Building blocks
export * from "./modules";
// Tensor functions with gradients of their own
export * from "./ops";
export * from "./priors";
export {
  bernoulli as sampleBernoulli,
  chiSquared as sampleChiSquared,
  type Draws,
  gamma as sampleGamma,
  integers as sampleIntegers,
  normal as sampleNormal,
  permutation as samplePermutation,
  poisson as samplePoisson,
  type RandomState,
  RandomStream,
  uniform as sampleUniform,
} from "./random";
export * from "./reconstructions";
// Training
export * from "./train";
