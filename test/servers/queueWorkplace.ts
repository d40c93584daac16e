import { setTimeout as sleep } from "node:timers/promises";
import { fileStore } from "../../src/node/fileStore";
import { redisStore } from "../../src/node/redisStore";
import type { MakeWorkplace, Trainer } from "../../src/search";
import { quadratic } from "../search/quadratic";
import { redisClient } from "./redisServer";

/** What the tests give to workers. */
export interface QueueData {
  /** Of the Redis that is the store. */
  readonly port: number;
  /** Of the store, if it is not Redis. */
  readonly folder?: string;
  readonly milliseconds?: number;
}

/** {@link quadratic}, so slow that it can be killed in the middle, or what `mode` says. */
export const workplace: MakeWorkplace<QueueData> = ({ port, folder, milliseconds = 30 }) => {
  const client = redisClient(port);
  const trainer: Trainer = async (job, checkpoint, context) => {
    context.onProgress({ epoch: 0, epochs: job.epochs });
    switch (job.hyperparameters.mode) {
      case "nan":
        return {
          checkpoint: new Uint8Array(1),
          score: Number.NaN,
          metrics: { loss: Number.NEGATIVE_INFINITY, epochs: 2 },
        };
      case "throw":
        throw new RangeError("trainer: learning rate must be positive, got -1");
      case "wait":
        await client.incr(`begun/${job.member}`);
        try {
          await sleep(2 ** 30, undefined, { signal: context.signal });
        } finally {
          await client.incr(`ended/${job.member}`);
        }
    }
    await sleep(milliseconds, undefined, { signal: context.signal });
    return quadratic(job, checkpoint, context);
  };
  return { trainer, store: folder === undefined ? redisStore({ client }) : fileStore(folder) };
};
