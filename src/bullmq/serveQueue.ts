import { type ConnectionOptions, Job, WaitingError, Worker } from "bullmq";
import { type WorkersOptions, workers } from "../node/workers";
import { sendError } from "../search/executors/protocol";
import { type QueueData, type SentResult, sendResult } from "./queueJob";

/** Settings of {@link serveQueue}. */
export interface ServeQueueOptions
  extends Pick<WorkersOptions, "module" | "data" | "threads" | "execArgv" | "patience"> {
  /** Options of `ioredis`, such as `{ url: "redis://host:6379" }`, or a client of it with `maxRetriesPerRequest: null`. */
  readonly connection: ConnectionOptions;
  /** Name of the queue. @default "lfads" */
  readonly queue?: string;
  /** Jobs, each in a process of its own, at the same time. @default 1 */
  readonly concurrency?: number;
  /** Milliseconds after which a server that is not heard of counts as gone, so that others take its jobs. @default 30000 */
  readonly lease?: number;
  /** Is told of errors of the connection, which is taken up again. @default nobody is */
  readonly onError?: (error: Error) => void;
}

/** A server of a queue. */
export interface QueueServer {
  /** Resolves when it is connected. */
  readonly ready: Promise<void>;
  /** Ends its processes and gives their jobs back to the queue, for others to run. */
  close(): Promise<void>;
}

/** How often a job whose server has gone is given to another before it counts as failed. */
const MOVES = 3;

/** Milliseconds between two looks whether a job is still wanted. */
const LOOK = 1000;

/**
 * Runs the jobs of a BullMQ queue on this machine, for {@link bullmqExecutor} somewhere else. Each trains in a worker process, as
 * those of `workers` in `lfads/node` do, with the workplace that `module` exports: training never holds up the event loop of the process
 * that serves, so the locks of its jobs are renewed in time. When this process or machine goes away they are not, and BullMQ gives the
 * jobs to others that serve the queue.
 *
 * The same from the command line of another machine, where `lfads`, `bullmq` and `ioredis` are installed:
 * ```sh
 * npx lfads-worker --redis redis://host:6379 --queue lfads --module ./workplace.js
 * ```
 * @throws if an option is out of range
 */
export function serveQueue(options: ServeQueueOptions): QueueServer {
  const { connection, queue = "lfads", concurrency = 1, lease = 30_000, onError = () => {} } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new Error(`serveQueue: concurrency must be a positive integer, got ${concurrency}`);
  }
  if (!(lease >= 100 && lease < 2 ** 31)) {
    throw new Error(`serveQueue: lease must be a number of milliseconds from 100 to 2^31, got ${lease}`);
  }
  const { module, data, threads, execArgv, patience } = options;
  const executor = workers({
    ...{ module, data, workers: concurrency },
    ...(threads !== undefined && { threads }),
    ...(execArgv && { execArgv }),
    ...(patience !== undefined && { patience }),
  });
  let closing = false;

  async function train(job: Job<QueueData, SentResult>, token?: string): Promise<SentResult> {
    const stop = new AbortController();
    const watch = setInterval(() => {
      void unwanted(job).then((yes) => yes && stop.abort(new Error("serveQueue: the job was aborted")));
    }, LOOK);
    try {
      const onProgress = ({ epoch, epochs }: { epoch: number; epochs: number }) =>
        void job.updateProgress({ epoch, epochs }).catch(onError);
      return sendResult(await executor.run(job.data.job, { signal: stop.signal, onProgress }));
    } catch (error) {
      if (closing) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      await job.updateData({ ...job.data, error: sendError(error) }).catch(onError);
      throw error;
    } finally {
      clearInterval(watch);
    }
  }

  /** Whether it was aborted, or the queue does not have it any more. */
  async function unwanted({ id }: Job<QueueData, SentResult>): Promise<boolean> {
    try {
      const found = await Job.fromId<QueueData, SentResult>(worker, id ?? "");
      return !found || found.data.aborted === true;
    } catch {
      return false; // Redis is away
    }
  }

  const worker = new Worker<QueueData, SentResult>(queue, train, {
    ...{ connection, concurrency, maxStalledCount: MOVES },
    ...{ lockDuration: lease, stalledInterval: lease },
  });
  worker.on("error", onError);
  const ready = worker.waitUntilReady().then(() => {});
  ready.catch(onError);
  return {
    ready,
    async close() {
      closing = true;
      const closed = worker.close(); // takes no more jobs from here on
      await executor.close();
      await closed;
    },
  };
}
