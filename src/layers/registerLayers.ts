import { serialization } from "@tensorflow/tfjs-core";
import { BidirectionalGruLayer } from "./bidirectionalGruLayer";
import { ClippedGruCellLayer } from "./clippedGruCellLayer";
import { ControllerCellLayer } from "./controllerCellLayer";
import { ControllerInputEncoderLayer } from "./controllerInputEncoderLayer";
import { CoordinatedDropoutLayer, GradientMaskLayer } from "./coordinatedDropoutLayer";
import { DecoderLayer } from "./decoderLayer";
import { InitialConditionEncoderLayer } from "./initialConditionEncoderLayer";
import { FactorsLayer, LinearLayer } from "./linearLayers";
import { PosteriorSampleLayer } from "./posteriorSampleLayer";

/**
 * Tells TensorFlow.js the layers of this library. Call it before loading a model that has some, unless the program has made
 * one of each kind already; a second call changes nothing.
 *
 * @example
 * ```ts
 * import { input, model, models, type SymbolicTensor } from "@tensorflow/tfjs-layers";
 * import { LinearLayer, registerLayers } from "lfads";
 *
 * const inputs = input({ shape: [20, 8] });
 * const outputs = new LinearLayer({ outputs: 52 }).apply(inputs) as SymbolicTensor;
 * const json = model({ inputs, outputs }).toJSON(null, false);
 * registerLayers(); // in the program that loads it
 * const loaded = await models.modelFromJSON({ modelTopology: JSON.parse(JSON.stringify(json)) });
 * console.log(loaded.outputs[0]!.shape); // [ null, 20, 52 ]
 * ```
 */
export function registerLayers(): void {
  serialization.registerClass(BidirectionalGruLayer);
  serialization.registerClass(ClippedGruCellLayer);
  serialization.registerClass(ControllerCellLayer);
  serialization.registerClass(ControllerInputEncoderLayer);
  serialization.registerClass(CoordinatedDropoutLayer);
  serialization.registerClass(DecoderLayer);
  serialization.registerClass(FactorsLayer);
  serialization.registerClass(GradientMaskLayer);
  serialization.registerClass(InitialConditionEncoderLayer);
  serialization.registerClass(LinearLayer);
  serialization.registerClass(PosteriorSampleLayer);
}
