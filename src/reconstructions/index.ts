export { gamma, type ZeroInflatedGammaOptions, zeroInflatedGamma } from "./gamma";
export { gaussian, meanSquaredError } from "./gaussian";
export { type PoissonBitsPerSpikeOptions, poisson, poissonBitsPerSpike } from "./poisson";
export {
  blocks,
  type ElementLoss,
  type FactorLossInput,
  type Observations,
  type Reconstruction,
} from "./reconstruction";
