import { setTimeout as sleep } from "node:timers/promises";
import { fileStore } from "../../src/node/fileStore";
import type { MakeWorkplace, Trainer } from "../../src/search";
import { quadratic } from "./quadratic";

/** {@link quadratic} in a worker, so slow that it can be killed in mid-generation. */
const slow: Trainer = async (job, checkpoint, { signal, onProgress }) => {
  onProgress({ epoch: 0, epochs: job.epochs });
  await sleep(30, undefined, { signal });
  return quadratic(job, checkpoint, { signal, onProgress });
};

export const workplace: MakeWorkplace<string> = (folder) => ({ trainer: slow, store: fileStore(folder) });
