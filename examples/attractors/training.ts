import { basename } from "node:path";
import {
  arneodoSystem,
  type Dataset,
  type DynamicalSystem,
  type FitOptions,
  LFADS,
  lorenzSystem,
  roesslerSystem,
  type SequentialGenerator,
  sequentialAutoencoder,
  sequentialAutoencoderTraining,
  simulateAttractor,
} from "lfads";
import { loadHdf5 } from "lfads/node";

export const systems = {
  arneodo: arneodoSystem,
  roessler: roesslerSystem,
  lorenz: lorenzSystem,
} satisfies Readonly<Record<string, DynamicalSystem>>;
export const systemNames = Object.keys(systems) as (keyof typeof systems)[];
export const generatorNames = ["neuralOde", "discreteNeuralOde", "gru"] as const;

/** The name, if it is known. */
export function oneOf<Name extends string>(option: string, name: string, known: readonly Name[]): Name {
  if (known.includes(name as Name)) return name as Name;
  throw new Error(`--${option} knows ${known.join(", ")}, not ${name}`);
}

/** One model to be trained. */
export interface Training {
  readonly system: keyof typeof systems;
  readonly generator: SequentialGenerator;
  /** Latent size. */
  readonly size: number;
  readonly seed: number;
  readonly epochs: number;
  /** HDF5 file of the data, with latents and true rates. @default simulated */
  readonly data?: string | undefined;
}

/** What its file is called, besides the ending. */
export function nameOf({ system, generator, size, seed, epochs, data }: Training): string {
  return `${data ? basename(data, ".h5") : system}-${generator}-${size}-seed${seed}-${epochs}epochs`;
}

/** 1280 trials for training, 320 for validation, 400 for testing: the same for all seeds. */
export async function dataOf({ system, data }: Pick<Training, "system" | "data">): Promise<Dataset> {
  const simulated = simulateAttractor({ system: systems[system] });
  return data ? { ...(await loadHdf5(data)), attributes: simulated.attributes! } : simulated;
}

export function modelOf({ generator, size, seed }: Training, { train }: Dataset): LFADS {
  const [, bins, channels] = train.encode.shape as [number, number, number];
  return new LFADS(sequentialAutoencoder({ channels, bins, latentSize: size, generator, seed }));
}

/**
 * The paper's training in a quarter of its epochs: batches of a quarter of the trials, the horizon in proportion, and a learning rate that
 * decays on plateaus once the horizon holds all bins. Coordinated dropout stands in the place of dropout: encoders of so few trials
 * overfit, and with latents enough models copy spikes.
 */
export function optionsOf({ generator, seed, epochs }: Training): FitOptions {
  const { hyperparameters, horizon, ...rest } = sequentialAutoencoderTraining(generator);
  return {
    ...rest,
    hyperparameters: { ...hyperparameters, dropout: 0, coordinatedDropout: 0.1 },
    ...(horizon && { horizon: { bins: 5, grow: 5, everyEpochs: Math.ceil(epochs / 28) } }),
    ...{ batchSize: 160, epochs, seed, learningRateDecay: { factor: 0.9, patience: 12 } },
  };
}
