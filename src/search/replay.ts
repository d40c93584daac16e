import type { JobProgress, Trained, Trainer } from "./executor";
import { lineageOf, type MemberRecord } from "./records";
import type { MemberKey } from "./scheduler";
import type { Values } from "./values";

/** Hyperparameters up to an epoch. */
export interface SchedulePart {
  readonly hyperparameters: Values;
  /** Epochs in all at the end of this part. */
  readonly epochs: number;
}

/** The schedule of hyperparameters that led to a member: its own and those of its parents before. */
export function scheduleOf(records: readonly MemberRecord[], of: MemberKey): SchedulePart[] {
  return lineageOf(records, of).map(({ hyperparameters, epochs }) => ({ hyperparameters, epochs }));
}

/**
 * Trains a fresh model by a schedule that a search has found, such as on more data or with another seed of the trainer.
 * @throws if the schedule is empty
 */
export async function replaySchedule(
  schedule: readonly SchedulePart[],
  trainer: Trainer,
  {
    signal = new AbortController().signal,
    onProgress = () => {},
  }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: JobProgress) => void } = {},
): Promise<Trained> {
  let last: Trained | null = null;
  for (const [generation, part] of schedule.entries()) {
    const parent = last && { member: 0, generation: generation - 1 };
    const before: Uint8Array | null = last?.checkpoint ?? null;
    last = await trainer({ member: 0, generation, parent, ...part }, before, { signal, onProgress });
  }
  if (!last) throw new Error("replaySchedule: the schedule must have at least one part, got none");
  return last;
}
