export { type Augmentation, augment, type Batch, heldOutLoss, weightLoss } from "./batch";
export {
  type CoordinatedDropoutCompatibility,
  type CoordinatedDropoutOptions,
  coordinatedDropout,
} from "./coordinatedDropout";
export { type SampleValidationOptions, sampleValidation } from "./sampleValidation";
export { selectiveBackpropThroughTime } from "./selectiveBackpropThroughTime";
export { type SpikeJitterOptions, spikeJitter } from "./spikeJitter";
export { type TemporalShiftOptions, temporalShift } from "./temporalShift";
