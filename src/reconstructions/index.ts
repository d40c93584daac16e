export { gamma, type ZeroInflatedGammaOptions, zeroInflatedGamma } from "./gamma";
export { gaussian, meanSquaredError } from "./gaussian";
export { poisson, poissonBitsPerSpike } from "./poisson";
export type { Reconstruction } from "./reconstruction";
