/**
 * What only Node can do: files, workers of a search, and a progress bar on the terminal.
 *
 * @module lfads/node
 */

export { fileStore } from "./node/fileStore";
export { loadHdf5, loadSafetensors, saveHdf5, saveSafetensors } from "./node/files";
export { type ProgressBar, progressBar } from "./node/progressBar";
export { type RedisStoreClient, type RedisStoreOptions, redisStore } from "./node/redisStore";
export { type SearchProgressBar, searchProgressBar } from "./node/searchProgressBar";
export { loadTrainingState, saveTrainingState } from "./node/trainingStateFile";
export { type WorkersOptions, workers } from "./node/workers";
export { writeFileAtomically } from "./node/writeFileAtomically";
