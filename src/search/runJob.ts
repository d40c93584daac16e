import type { JobProgress, JobResult, Workplace } from "./executor";
import type { Job, MemberKey } from "./scheduler";
import { StopSearch } from "./stopSearch";
import { searchStore } from "./stores/searchStore";

/** Key of the checkpoint of a member after a generation. */
export function checkpointKey({ member, generation }: MemberKey): string {
  return `checkpoints/${generation}/${member}`;
}

/** A parent's checkpoint is gone or damaged: its job must be done again before this one. */
export class MissingCheckpoint extends Error {
  override readonly name = "MissingCheckpoint";

  constructor(readonly of: MemberKey) {
    super(`runJob: there is no checkpoint of member ${of.member} after generation ${of.generation}`);
  }
}

/** Whose checkpoint is missing, if this is a {@link MissingCheckpoint}, which may have come from another bundle of this library. */
export function missingIn(error: unknown): MemberKey | undefined {
  const { name, of } = (error ?? {}) as Partial<MissingCheckpoint>;
  return name === "MissingCheckpoint" ? of : undefined;
}

/**
 * Runs a job where the trainer is: takes the parent's checkpoint from the store, trains, puts the new one there.
 * @throws {@link MissingCheckpoint} if the parent's is not there, `StopSearch` if the store fails or the trainer gives no checkpoint
 */
export async function runJob(
  { trainer, store }: Workplace,
  job: Job,
  context: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
): Promise<JobResult> {
  const kept = searchStore("runJob", store);
  const before = job.parent && (await kept.get(checkpointKey(job.parent)));
  if (job.parent && !before) throw new MissingCheckpoint(job.parent);
  const { checkpoint, ...result } = await trainer(job, before, context);
  if (!ArrayBuffer.isView(checkpoint)) {
    throw new StopSearch(`runJob: the trainer must give a checkpoint, a Uint8Array, got ${checkpoint}`);
  }
  await kept.put(checkpointKey(job), checkpoint);
  return result;
}
