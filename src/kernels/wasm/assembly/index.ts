export { adamW, squareSums } from "./adamW";
export { decoderSequence } from "./decoderSequence";
export { decoderSequenceGradient } from "./decoderSequenceGradient";
export { bernoulliOf, drawIntegers, normalOf } from "./draw";
export { expAll, sigmoidAll, tanhAll } from "./elementwise";
export { gruSequence, gruSequenceGradient } from "./gruSequence";
export { linear } from "./linear";
export { copyRows, packColumns, packRows } from "./pack";
export { rowProduct } from "./rowProduct";
