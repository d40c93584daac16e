/** How a setting is asked for. */
export interface Field {
  readonly label: string;
  readonly group: "model" | "training" | "regularisation";
  readonly min: number;
  readonly max?: number;
  readonly step: number | "any";
  /** May change while a training is paused: the others are those that it began with. */
  readonly free?: true;
}

/** All that a model and its training depend on, besides the data: numbers that the page asks for. */
export const FIELDS = {
  encoderUnits: { label: "Encoder units", group: "model", min: 1, step: 1 },
  generatorUnits: { label: "Generator units", group: "model", min: 1, step: 1 },
  factors: { label: "Factors", group: "model", min: 1, step: 1 },
  inferredInputs: { label: "Inferred inputs (0: none)", group: "model", min: 0, step: 1 },
  epochs: { label: "Epochs", group: "training", min: 1, step: 1, free: true },
  batchSize: { label: "Batch size", group: "training", min: 1, step: 1 },
  learningRate: { label: "Learning rate", group: "training", min: 0, step: "any", free: true },
  seed: { label: "Seed", group: "training", min: 0, step: 1 },
  dropout: { label: "Dropout", group: "regularisation", min: 0, max: 0.99, step: "any", free: true },
  coordinatedDropout: {
    label: "Coordinated dropout",
    group: "regularisation",
    min: 0,
    max: 0.99,
    step: "any",
    free: true,
  },
  klInitialCondition: {
    label: "KL, initial condition",
    group: "regularisation",
    min: 0,
    step: "any",
    free: true,
  },
  klInferredInputs: {
    label: "KL, inferred inputs",
    group: "regularisation",
    min: 0,
    step: "any",
    free: true,
  },
  l2: { label: "L2, recurrent weights", group: "regularisation", min: 0, step: "any", free: true },
  rampEpochs: { label: "Ramp of KL and L2, epochs", group: "regularisation", min: 0, step: 1 },
} as const satisfies Readonly<Record<string, Field>>;

export type Settings = Readonly<Record<keyof typeof FIELDS, number>>;

/** The settings to go on with a training that began with others. */
export function resumed(begun: Settings, now: Settings): Settings {
  const free = Object.entries(FIELDS).filter(([, field]) => "free" in field);
  return { ...begun, ...Object.fromEntries(free.map(([name]) => [name, now[name as keyof Settings]])) };
}

/** For recordings: those of the comparison with lfads-torch. */
export const RECORDING: Settings = {
  encoderUnits: 64,
  generatorUnits: 100,
  factors: 40,
  inferredInputs: 4,
  epochs: 120,
  batchSize: 256,
  learningRate: 4e-3,
  seed: 0,
  dropout: 0.3,
  coordinatedDropout: 0.3,
  klInitialCondition: 1e-5,
  klInferredInputs: 1e-5,
  l2: 1e-2,
  rampEpochs: 80,
};

/** For the Lorenz system, which needs no inputs. */
export const LORENZ: Settings = {
  ...RECORDING,
  generatorUnits: 64,
  factors: 3,
  inferredInputs: 0,
  epochs: 100,
  batchSize: 64,
  learningRate: 1e-2,
  dropout: 0.05,
  rampEpochs: 40,
};
