import type { Workplace } from "../executor";
import { runJob } from "../runJob";
import type { Store } from "../store";
import { type FromWorker, sendError, type ToWorker } from "./protocol";
import { RemoteStore } from "./remoteStore";

/** What a worker's workplace is made with, besides the data of the user. */
export interface WorkplaceContext {
  /** Its share of the processor's cores, for `useKernels({ threads })`. */
  readonly threads: number;
  /** The `store` that was given to the executor, which it reaches by messages. Without one, all methods reject. */
  readonly store: Store;
}

/** Makes the workplace of a worker, once, before its first job. `data` is what was given to the executor, copied. */
export type MakeWorkplace<Data = unknown> = (
  data: Data,
  context: WorkplaceContext,
) => Workplace | Promise<Workplace>;

/** A worker's connection with its caller. */
export interface Port {
  post(message: FromWorker): void;
  listen(hear: (message: ToWorker) => void): void;
}

/** Runs the jobs that come through a port, wherever that leads. */
export function serve<Data>({ post, listen }: Port, makeWorkplace: MakeWorkplace<Data>): void {
  const store = new RemoteStore(post);
  const running = new Map<number, AbortController>();
  let workplace: Promise<Workplace> | undefined;

  async function open(data: unknown, threads: number): Promise<Workplace> {
    const made: Partial<Workplace> | undefined = await makeWorkplace(data as Data, { threads, store });
    const { trainer, store: own } = made ?? {};
    if (typeof trainer !== "function" || typeof own?.put !== "function") {
      throw new Error("workplace: must give an object with a trainer and a store");
    }
    return { trainer, store: own };
  }

  async function run({ id, job }: Extract<ToWorker, { type: "run" }>): Promise<void> {
    const { signal } = running.set(id, new AbortController()).get(id)!;
    try {
      const place = await workplace;
      signal.throwIfAborted();
      const onProgress = ({ epoch, epochs }: { epoch: number; epochs: number }) =>
        post({ type: "progress", id, progress: { epoch, epochs } });
      const { score, metrics } = await runJob(place!, job, { signal, onProgress });
      post({ type: "done", id, result: metrics ? { score, metrics } : { score } });
    } catch (error) {
      post({ type: "failed", id, error: sendError(error) });
    } finally {
      running.delete(id);
    }
  }

  listen((message) => {
    switch (message.type) {
      case "open":
        workplace = open(message.data, message.threads);
        workplace.catch((error) => post({ type: "unusable", error: sendError(error) }));
        break;
      case "run":
        void run(message);
        break;
      case "abort":
        running.get(message.id)?.abort();
        break;
      default:
        store.hear(message);
    }
  });
}
