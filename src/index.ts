/**
 * LFADS for any platform: model, training, inference, data, evaluation, and the parts of each.
 *
 * @module lfads
 */

// The model

export * from "./augmentations";
export * from "./model";
export * from "./priors";
export * from "./reconstructions";

// Training

export * from "./train";

// Search of hyperparameters

export * from "./search";

// Data and evaluation

export * from "./data";
export * from "./evaluate";

// Dynamics: neural ODEs, fixed points, Lyapunov exponents

export * from "./dynamics";

// Fast implementations of the operations

export * from "./kernels";

// Building blocks: tensor functions with gradients of their own, modules, and these as tfjs-layers layers

export * from "./layers";
export * from "./modules";
export * from "./ops";

// Randomness

export {
  bernoulli as sampleBernoulli,
  chiSquared as sampleChiSquared,
  type Draws,
  gamma as sampleGamma,
  integers as sampleIntegers,
  normal as sampleNormal,
  permutation as samplePermutation,
  poisson as samplePoisson,
  type RandomBlock,
  type RandomKey,
  type RandomState,
  RandomStream,
  uniform as sampleUniform,
} from "./random";
