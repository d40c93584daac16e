export { type InferOptions, type Inferred, infer } from "./infer";
export { type ForwardOptions, type ForwardOutput, LFADS, type SessionOutput } from "./lfads";
export { loadLfadsTorch, saveLfadsTorch } from "./lfadsTorch";
export { type LossOptions, type LossParts, l2Penalty, lfadsLoss, type PenaltyScales } from "./loss";
export type {
  AffineMap,
  Architecture,
  Bins,
  Channels,
  ControllerOptions,
  GeneratorOptions,
  InitialConditionOptions,
  LFADSOptions,
  Session,
  SessionOptions,
  SharedOptions,
} from "./options";
