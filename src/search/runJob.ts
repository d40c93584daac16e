import type { JobProgress, JobResult, Workplace } from "./executor";
import type { Job, MemberKey } from "./scheduler";
import { checkedStore } from "./stores/checkedStore";

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

/**
 * Runs a job where the trainer is: takes the parent's checkpoint from the store, trains, puts the new one there.
 * @throws {@link MissingCheckpoint} if the parent's is not there
 */
export async function runJob(
  { trainer, store }: Workplace,
  job: Job,
  context: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
): Promise<JobResult> {
  const checked = checkedStore(store);
  const before = job.parent && (await checked.get(checkpointKey(job.parent)));
  if (job.parent && !before) throw new MissingCheckpoint(job.parent);
  const { checkpoint, ...result } = await trainer(job, before, context);
  await checked.put(checkpointKey(job), checkpoint);
  return result;
}
