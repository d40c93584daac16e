import { simulateLorenz } from "../../src/data";
import { useKernels } from "../../src/kernels";
import { LFADS } from "../../src/model";
import { hash } from "../../src/random/hash";
import {
  autolfadsSpace,
  lfadsTrainer,
  type PopulationOptions,
  type PopulationResult,
  pbt,
  runPopulation,
  type Trainer,
} from "../../src/search";
import { useBackend } from "../backend";

/** What a trainer runs on. */
export interface Platform {
  readonly backend: string;
  readonly path: "simd" | "relaxed-simd";
  readonly threads: number;
}

/** Trains a small model, wherever this is called. */
export async function smallTrainer({ backend, path, threads }: Platform): Promise<Trainer> {
  await useBackend(backend);
  await useKernels({ path, threads });
  const [bins, channels] = [10, 8];
  return lfadsTrainer({
    model: (seed) => new LFADS({ bins, channels, generator: { units: 20 }, factors: 5, seed }),
    data: simulateLorenz({ conditions: 5, trialsPerCondition: 8, bins, channels }),
    fit: { batchSize: 16 },
  });
}

/** A short search of three members and three generations. */
export function smallSearch(options: Omit<PopulationOptions<never>, "scheduler">): Promise<PopulationResult> {
  const sizes = { population: 3, generations: 3, generationEpochs: 1, burnIn: 1 };
  const scheduler = pbt({ space: autolfadsSpace, ...sizes });
  return runPopulation({ scheduler, ...options });
}

/** The whole result of a search in one line: records with scores and parents, and a hash of the best checkpoint. */
export function digestOf({ reason, records, checkpoint }: PopulationResult): string {
  return JSON.stringify({ reason, records, checkpoint: hash([0, 0, 0, 0], [...checkpoint!]) });
}
