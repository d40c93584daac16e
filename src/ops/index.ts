export { adamWStep } from "./adamW";
export { type DecoderInputs, type DecoderStates, decoderSequence } from "./decoderSequence";
export { streamDraws } from "./draws";
export { clipFactor, globalNorm } from "./globalNorm";
export { type GruSequenceOptions, type GruWeights, gruSequence } from "./gruSequence";
export { linear, repeatRow } from "./linear";
export { digamma, logGamma } from "./logGamma";
export { maskGradient } from "./maskGradient";
export { normalizeRows } from "./normalizeRows";
