import { readFile } from "node:fs/promises";
import { named } from "../data/named";
import { deserializeTrainingState, serializeTrainingState, type TrainingState } from "../train";
import { writeFileAtomically } from "./writeFileAtomically";

/**
 * Saves a training state to a file, atomically: a process that is killed leaves the state before or this one, never half of it.
 *
 * @example
 * ```ts
 * await fit(model, data, {
 *   resume: await loadTrainingState(path),
 *   checkpoint: { save: (state) => saveTrainingState(path, state) },
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
