export { autolfadsSpace, type HyperparameterSpace } from "./autolfadsSpace";
export { checkSpace } from "./checkSpace";
export type { SearchDraws } from "./draws";
export type { Executor, JobProgress, JobResult, Trained, Trainer, Workplace } from "./executor";
export { type InProcessOptions, inProcess } from "./executors/inProcess";
export type { MakeWorkplace, WorkplaceContext } from "./executors/serve";
export { serveJobs, type WebWorkersOptions, webWorkers } from "./executors/webWorkers";
export * from "./exploit";
export * from "./explore";
export { type LfadsTrainerOptions, lfadsTrainer } from "./lfadsTrainer";
export { searchCsv, searchJsonl } from "./log";
export type { Generation, PbtMember } from "./nextGeneration";
export { type PbtOptions, type PbtState, pbt } from "./pbt";
export type { Standing } from "./population";
export { type RandomSearchOptions, type RandomSearchState, randomSearch } from "./randomSearch";
export { bestOf, lineageOf, type MemberRecord } from "./records";
export { replaySchedule, type SchedulePart, scheduleOf } from "./replay";
export { checkpointKey, MissingCheckpoint, runJob } from "./runJob";
export {
  type PopulationOptions,
  type PopulationResult,
  runPopulation,
  type SearchProgress,
} from "./runPopulation";
export { sampleInitial, sampleSpace } from "./sampleSpace";
export type { Job, MemberKey, Report, Scheduler, SearchEnd } from "./scheduler";
export type {
  ChoiceParameter,
  IntegerParameter,
  RangeParameter,
  SearchParameter,
  SearchSpace,
} from "./space";
export { type ImprovementRatioOptions, improvementRatio, type StopRule } from "./stop";
export { StopSearch } from "./stopSearch";
export type { Store } from "./store";
export { type CheckedStoreOptions, checkedStore } from "./stores/checkedStore";
export { memoryStore } from "./stores/memoryStore";
export { type S3Client, type S3StoreOptions, s3Store } from "./stores/s3Store";
export type { Values } from "./values";
