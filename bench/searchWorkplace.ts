import { lfadsTrainer, memoryStore, useKernels, type Workplace } from "lfads";
import { useBackend } from "../test/backend";
import { dataOf, modelOf, WORKLOADS } from "./workloads";

/** What a worker of `bench/search.ts` trains: models of lorenz-64, one batch per epoch, on one thread. */
export async function workplace(): Promise<Workplace> {
  await useBackend("wasm");
  await useKernels({ threads: 1 });
  const lorenz = WORKLOADS.find(({ name }) => name === "lorenz-64")!;
  const data = dataOf(lorenz);
  return { store: memoryStore(), trainer: lfadsTrainer({ model: () => modelOf(lorenz), data }) };
}
