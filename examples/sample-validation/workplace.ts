/** What each worker works with: simulated spikes whose rates are known, and how a model trains. */
import {
  type Dataset,
  type FitOptions,
  infer,
  LFADS,
  r2Score,
  type SearchSpace,
  simulateLorenz,
  useKernels,
  type Workplace,
} from "lfads";
import { fileStore } from "lfads/node";
import { useWasm } from "../shared/backend";
import { bestEpochTrainer } from "../shared/bestEpochTrainer";

/** What keeps models from copying spikes, or shows that they do. */
export const ARMS = {
  plain: { label: "neither", coordinatedDropout: 0 },
  cd: { label: "coordinated dropout", coordinatedDropout: 0.3 },
  sv: { label: "sample validation", coordinatedDropout: 0, sampleValidation: { rate: 0.2 } },
} as const satisfies Readonly<
  Record<
    string,
    { label: string; coordinatedDropout: number; sampleValidation?: FitOptions["sampleValidation"] }
  >
>;

/** What a worker is told. */
export interface WorkplaceData {
  readonly folder: string;
  readonly arm: keyof typeof ARMS;
  readonly seed: number;
}

/** The random search of 2019, the same models under every arm. */
export function spaceOf(arm: keyof typeof ARMS): SearchSpace {
  return {
    dropout: { type: "uniform", low: 0, high: 0.6 },
    klInitialCondition: { type: "logUniform", low: 1e-6, high: 1e-3 },
    klControllerOutput: { type: "logUniform", low: 1e-6, high: 1e-3 },
    l2Generator: { type: "logUniform", low: 1e-4, high: 1 },
    l2Controller: { type: "logUniform", low: 1e-4, high: 1 },
    coordinatedDropout: { type: "choice", values: [ARMS[arm].coordinatedDropout] },
  };
}

export function simulatedData(seed: number): Dataset {
  return simulateLorenz({
    conditions: 40,
    trialsPerCondition: 5,
    bins: 40,
    binSeconds: 0.02,
    timeStep: 0.02,
    meanRate: 10,
    seed,
  });
}

export async function workplace({ folder, arm, seed }: WorkplaceData): Promise<Workplace> {
  await useWasm();
  await useKernels({ threads: 1 });
  const data = simulatedData(seed);
  const [, bins, channels] = data.train.encode.shape as [number, number, number];
  const { sampleValidation } = { sampleValidation: undefined, ...ARMS[arm] };
  return {
    store: fileStore(folder),
    trainer: bestEpochTrainer(
      {
        model: (seed) =>
          new LFADS({
            bins,
            channels,
            // The Lorenz system has no inputs: what a controller adds is room to copy.
            controller: { encoderUnits: 32, units: 32, outputs: 8, lag: 0 },
            initialCondition: { encoderUnits: 32, size: 32 },
            generator: { units: 64 },
            factors: 16,
            seed,
          }),
        data,
        fit: {
          batchSize: 64,
          klRamp: { increase: 40 },
          l2Ramp: { increase: 40 },
          ...(sampleValidation && { sampleValidation }),
        },
        seed,
      },
      async (model) => {
        const { rates } = await infer(model, data.valid, { samples: 0 });
        return { rateR2: r2Score(rates, data.valid.truth!) };
      },
    ),
  };
}
