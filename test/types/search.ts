/** What a user's compiler accepts and refuses about searches; checked by `npm run types`, never run. */
import {
  autolfadsSpace,
  type Dataset,
  type Executor,
  type Explore,
  type HyperparameterSpace,
  inProcess,
  type Job,
  type LFADS,
  lfadsTrainer,
  type MemberRecord,
  memoryStore,
  type PbtState,
  pbt,
  type RandomSearchState,
  randomSearch,
  runPopulation,
  type Scheduler,
  type SearchSpace,
  type Store,
  serveJobs,
  type Trainer,
} from "lfads";
import { bullmqExecutor, serveQueue } from "lfads/bullmq";
import { fileStore, redisStore, searchProgressBar, workers } from "lfads/node";
import { expectTypeOf } from "vitest";

declare const makeModel: (seed: string) => LFADS;
declare const data: Dataset;

// A space keeps its names and values; one for LFADS knows the names of hyperparameters.
const space = {
  learningRate: { type: "logUniform", low: 1e-5, high: 1e-2 },
  units: { type: "integer", low: 16, high: 128, initial: 64 },
  activation: { type: "choice", values: ["tanh", "relu"] },
} as const satisfies SearchSpace;
expectTypeOf<keyof typeof space>().toEqualTypeOf<"learningRate" | "units" | "activation">();
expectTypeOf(autolfadsSpace).toExtend<HyperparameterSpace>();
expectTypeOf(autolfadsSpace.learningRate.low).toEqualTypeOf<0.00001>();
({ dropout: { type: "uniform", low: 0, high: 0.6 } }) satisfies HyperparameterSpace;
// @ts-expect-error no hyperparameter of LFADS
({ units: { type: "uniform", low: 0, high: 1 } }) satisfies HyperparameterSpace;
// @ts-expect-error hyperparameters of LFADS are no choices
({ dropout: { type: "choice", values: [0, 0.1] } }) satisfies HyperparameterSpace;
// @ts-expect-error a range has two ends
pbt({ space: { rate: { type: "uniform", low: 0 } } });
// @ts-expect-error no such kind
pbt({ space: { rate: { type: "normal", low: 0, high: 1 } } });
// @ts-expect-error a choice has values, not bounds
randomSearch({ space: { rate: { type: "choice", low: 0, high: 1 } }, members: 3, epochs: 1 });
// @ts-expect-error nothing to search
pbt({});

expectTypeOf(pbt({ space })).toEqualTypeOf<Scheduler<PbtState>>();
expectTypeOf(randomSearch).returns.toEqualTypeOf<Scheduler<RandomSearchState>>();
expectTypeOf(pbt({ space, stop: null }).ask).returns.toEqualTypeOf<readonly Job[]>();
// @ts-expect-error a job may be of any search: its values are not numbers before somebody looks
((job: Job): number => job.hyperparameters.learningRate)({} as Job);
// @ts-expect-error the state of another search
pbt({ space }).ask(randomSearch({ space, members: 3, epochs: 1 }).start());

const halve: Explore = {
  settings: { name: "halve" },
  explore: (copies) => copies.map(({ hyperparameters }) => ({ ...hyperparameters, rate: 0.5 })),
};
pbt({ space, explore: halve });
// @ts-expect-error a list of members for a list of members
pbt({ space, explore: { settings: { name: "none" }, explore: () => null } });

// Trainers, stores and executors are interfaces: one's own will do.
const trainer: Trainer = async ({ epochs }, checkpoint, { signal, onProgress }) => {
  expectTypeOf(checkpoint).toEqualTypeOf<Uint8Array | null>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  onProgress({ epoch: 1, epochs });
  return { checkpoint: new Uint8Array(1), score: 0 };
};
// @ts-expect-error no score
(async () => ({ checkpoint: new Uint8Array(1) })) satisfies Trainer;
expectTypeOf(lfadsTrainer({ model: makeModel, data })).toEqualTypeOf<Trainer>();
// @ts-expect-error the search decides on epochs
lfadsTrainer({ model: makeModel, data, fit: { epochs: 3 } });
expectTypeOf(memoryStore).returns.toEqualTypeOf<Store>();
expectTypeOf(fileStore).returns.toEqualTypeOf<Store>();
expectTypeOf(redisStore).returns.toEqualTypeOf<Store>();
const executor = inProcess({ trainer, store: memoryStore() });
expectTypeOf(executor).toEqualTypeOf<Executor>();
expectTypeOf(workers({ module: new URL("file:///workplace.js"), kind: "thread" })).toEqualTypeOf<Executor>();
// @ts-expect-error no such kind
workers({ module: "file:///workplace.js", kind: "fiber" });
const connection = { url: "redis://host:6379" };
expectTypeOf(bullmqExecutor({ connection, search: "a", size: 2 })).toEqualTypeOf<Executor>();
// @ts-expect-error the search has no name
bullmqExecutor({ connection, size: 2 });
// @ts-expect-error no module
serveQueue({ connection });
serveJobs<{ folder: string }>(({ folder }, { threads }) => {
  expectTypeOf(threads).toEqualTypeOf<number>();
  return { trainer, store: fileStore(folder) };
});

const result = await runPopulation({
  scheduler: pbt({ space }),
  executor,
  store: memoryStore(),
  onProgress: searchProgressBar().onProgress,
  onRecord: (record) => expectTypeOf(record).toEqualTypeOf<MemberRecord>(),
});
expectTypeOf(result.best).toEqualTypeOf<MemberRecord | null>();
// @ts-expect-error nowhere to keep checkpoints
runPopulation({ scheduler: pbt({ space }), executor });
