export type { Executor, JobProgress, JobResult, Trained, Trainer, Workplace } from "./executor";
export { type InProcessOptions, inProcess } from "./executors/inProcess";
export { checkpointKey, MissingCheckpoint, runJob } from "./runJob";
export type { Job, MemberKey, Report, Scheduler, SearchEnd } from "./scheduler";
export type { Store } from "./store";
export { type CheckedStoreOptions, checkedStore } from "./stores/checkedStore";
export { memoryStore } from "./stores/memoryStore";
export type { Values } from "./values";
