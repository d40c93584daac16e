export { BidirectionalGruLayer, type BidirectionalGruLayerOptions } from "./bidirectionalGruLayer";
export { type CellFromLayerOptions, cellFromLayer } from "./cellFromLayer";
export { ClippedGruCellLayer, type ClippedGruCellLayerOptions } from "./clippedGruCellLayer";
export { ControllerCellLayer, type ControllerCellLayerOptions } from "./controllerCellLayer";
export {
  ControllerInputEncoderLayer,
  type ControllerInputEncoderLayerOptions,
} from "./controllerInputEncoderLayer";
export {
  CoordinatedDropoutLayer,
  type CoordinatedDropoutLayerOptions,
  GradientMaskLayer,
} from "./coordinatedDropoutLayer";
export { DecoderLayer, type DecoderLayerOptions } from "./decoderLayer";
export {
  InitialConditionEncoderLayer,
  type InitialConditionEncoderLayerOptions,
} from "./initialConditionEncoderLayer";
export type { LayerArguments, LayerModule, ModuleLayerOptions, OwnOptions } from "./layerModule";
export { FactorsLayer, LinearLayer, type LinearLayerOptions } from "./linearLayers";
export { ModuleCell } from "./moduleCell";
export { type CallArguments, ModuleLayer } from "./moduleLayer";
export { PosteriorSampleLayer } from "./posteriorSampleLayer";
export { registerLayers } from "./registerLayers";
