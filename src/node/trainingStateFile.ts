import { readFile } from "node:fs/promises";
import { named } from "../data/named";
import { deserializeTrainingState, serializeTrainingState, type TrainingState } from "../train";
import { writeFileAtomically } from "./writeFileAtomically";

/**
 * Saves a training state to a file, atomically: a process that is killed leaves the state before or this one, never half of it.
 *
 * @example
 * ```ts
 * import { fit, LFADS, simulateLorenz } from "lfads";
 * import { loadTrainingState, saveTrainingState } from "lfads/node";
 *
 * const data = simulateLorenz({ conditions: 5, trialsPerCondition: 4, bins: 20 });
 * await fit(new LFADS({ channels: 30, bins: 20 }), data, {
 *   resume: await loadTrainingState("state.safetensors"),
 *   checkpoint: { save: (state) => saveTrainingState("state.safetensors", state) },
 * });
 * ```
 * @throws if the file cannot be written
 */
export async function saveTrainingState(path: string, state: TrainingState): Promise<void> {
  await writeFileAtomically(path, serializeTrainingState(state));
}

/**
 * The training state of a file, or undefined when there is no such file yet.
 * @throws if the file cannot be read, or holds something else
 */
export async function loadTrainingState(path: string): Promise<TrainingState | undefined> {
  return named(`loadTrainingState: ${path}`, async () => {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    return deserializeTrainingState(bytes);
  });
}
