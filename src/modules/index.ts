export { BidirectionalGru, type BidirectionalGruOptions, type BidirectionalStates } from "./bidirectionalGru";
export type { Cell } from "./cell";
export { ClippedGruCell, type ClippedGruCellOptions } from "./clippedGruCell";
export { Controller } from "./controller";
export { Decoder, type DecoderInput, type DecoderOptions, type DecoderOutput } from "./decoder";
export { type Dropout, drop, dropoutMask } from "./dropout";
export {
  ControllerInputEncoder,
  type ControllerInputEncoderOptions,
  InitialConditionEncoder,
  type InitialConditionEncoderOptions,
  type Posterior,
} from "./encoders";
export { Factors } from "./factors";
export { Linear } from "./linear";
export { fanInWeights, type Parameters, parameter, prefixed, scoped } from "./parameters";
