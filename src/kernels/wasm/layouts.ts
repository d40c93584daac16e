/** Fields of the tasks' arguments, in the order of the classes of the same names in `assembly/`. */
export const LAYOUTS = {
  // biome-ignore format: the groups of the class
  Run: [
    "taken", "given", "done", "failed", "ready", "threads",
    "task", "args", "rows", "unit", "chunks", "tapered", "scratch", "scratchStep",
  ],
  Linear: ["y", "n", "s", "sStep", "x", "xStep", "k", "weight"],
  RowProducts: ["list"],
  // biome-ignore format: the groups of the class
  RowProduct: [
    "end", "c", "sums", "step", "sumsStep", "a", "aStep", "rows", "m", "n", "parts", "pieces",
    "b0", "b0Step", "factor0", "factor0Step", "n0",
    "b1", "b1Step", "factor1", "factor1Step", "n1",
    "b2", "b2Step", "factor2", "factor2Step", "n2",
  ],
  MultiplyAll: ["target", "a", "b"],
  ExponentialRows: ["target", "source", "columns", "width"],
  SwapRows: ["target", "columns", "source", "sourceColumns", "first", "second", "width"],
  DroppedRows: ["target", "bins", "channels", "mask", "maskBins", "maskChannels"],
  SparseRowProduct: ["c", "a", "m", "b", "k", "rows", "parts"],
  CopyRows: ["target", "targetStep", "columns", "source", "sourceStep", "width"],
  Draws: ["target", "count", "starts", "normal", "threshold", "value"],
  SumParts: ["target", "parts", "step"],
  // biome-ignore format: the groups of the class
  GruSequence: [
    "bins", "batch", "inputs", "sparse", "units", "reverse", "clip",
    "x", "h0", "weightIh", "bias", "weightHh",
    "states", "gates", "gatesStep",
    "dStates", "dGates", "dH0",
  ],
  // biome-ignore format: the groups of the class
  Decoder: [
    "bins", "batch", "clip", "inputs", "con", "outputs", "external", "gen", "factors",
    "controllerInput", "noise", "externalInputs", "factorMask", "generatorMask", "con0", "gen0", "factor0",
    "conInput", "conFactors", "conRecurrent", "conBias", "coWeight", "coBias",
    "genOutput", "genExternal", "genRecurrent", "genBias", "facWeight",
    "factorStates", "posterior", "output", "genStates", "conStates",
    "conGates", "conGatesStep", "genGates", "genGatesStep",
    "dFactorStates", "dPosterior", "dOutput", "dGenStates", "dConStates",
    "dConGates", "dGenGates", "dCon0", "dGen0", "dFactor0",
  ],
  MlpLayer: ["inputs", "outputs", "weight", "transposed", "bias", "y", "dSums", "dWeight", "dBias"],
  // biome-ignore format: the groups of the class
  OdeSequence: [
    "bins", "batch", "steps", "stages", "size", "inputs", "activation", "layers", "count", "coefficients",
    "x", "inputWeight", "inputTransposed", "h0", "path", "dStates", "dX", "dH0",
    "parts", "dWeights", "dWeightsStep", "dInputWeight",
    "states", "dStages", "sums", "dSums", "products",
  ],
  // biome-ignore format: the groups of the class
  PoissonLoss: [
    "bins", "batch", "factors", "channels", "columns", "x", "weight", "bias",
    "counts", "lossWeight", "gradientMask", "heldOutWeight", "heldBins", "heldChannels", "table", "tableSize",
    "slopes", "slopesStep", "losses",
  ],
  // biome-ignore format: the groups of the class
  AdamW: [
    "parameters", "gradients", "first", "second", "sums", "count", "grain",
    "decay", "factor", "beta1", "rest1", "beta2", "rest2", "correction", "epsilon", "rate",
  ],
} as const;

/** Tasks and what they take, in the order of `assembly/run.ts`. */
export const TASKS = {
  gruSequence: "GruSequence",
  gruSequenceGradient: "GruSequence",
  decoderSequence: "Decoder",
  decoderSequenceGradient: "Decoder",
  odeSequence: "OdeSequence",
  odeSequenceGradient: "OdeSequence",
  linear: "Linear",
  rowProducts: "RowProducts",
  poissonLoss: "PoissonLoss",
  sparseRowProduct: "SparseRowProduct",
  squareSums: "AdamW",
  adamW: "AdamW",
  multiplyAll: "MultiplyAll",
  swapRows: "SwapRows",
  droppedRows: "DroppedRows",
  exponentialRows: "ExponentialRows",
  copyAll: "CopyRows",
  sumParts: "SumParts",
  draws: "Draws",
} as const satisfies Record<string, keyof typeof LAYOUTS>;

export type TaskName = keyof typeof TASKS;

/** Words of a layout by field. */
export function fieldsOf<Name extends keyof typeof LAYOUTS>(name: Name) {
  const fields: readonly string[] = LAYOUTS[name];
  return Object.fromEntries(fields.map((field, i) => [field, i])) as Readonly<
    Record<(typeof LAYOUTS)[Name][number], number>
  >;
}

/** Arguments of a task by name: addresses, sizes, steps; what is left out is 0. */
export type TaskArguments<Name extends TaskName> = {
  readonly [Field in (typeof LAYOUTS)[(typeof TASKS)[Name]][number]]?: number;
};
