import { setTimeout as sleep } from "node:timers/promises";
import { fileStore } from "../../src/node/fileStore";
import type { MakeWorkplace, Trainer } from "../../src/search";
import { quadratic } from "./quadratic";

/** {@link quadratic} in a worker, so slow that it can be killed in mid-generation. A few of its checkpoints take 16 KiB. */
const slow: Trainer = async (job, before, { signal, onProgress }) => {
  onProgress({ epoch: 0, epochs: job.epochs });
  await sleep(30, undefined, { signal });
  const trained = await quadratic(job, before, { signal, onProgress });
  const big = job.generation === 2 && job.member >= 3;
  const checkpoint = new Uint8Array(big ? 1 << 14 : trained.checkpoint.length).fill(" ".charCodeAt(0));
  checkpoint.set(trained.checkpoint);
  return { ...trained, checkpoint };
};

export const workplace: MakeWorkplace<string> = (folder) => ({ trainer: slow, store: fileStore(folder) });
