export { cellMap, type Dynamics, type StateFunction } from "./dynamics";
export { type Complex, eulerEigenvalues } from "./eigen";
export {
  type FindFixedPointsOptions,
  type FixedPointProgress,
  type FixedPoints,
  findFixedPoints,
} from "./findFixedPoints";
export type { FixedPoint } from "./fixedPoint";
export { type LyapunovExponent, type LyapunovOptions, lyapunovExponent } from "./lyapunovExponent";
export { type SampleStatesOptions, sampleStates } from "./sampleStates";
