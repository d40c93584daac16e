import type { Executor } from "../executor";
import { StopSearch } from "../stopSearch";
import { Slots } from "./slots";
import { JobWorker, type WorkerSettings } from "./worker";

/** An executor of workers, which start when there is a job for them; what takes the place of one that has ended starts likewise. */
export function workerPool(size: number, settings: WorkerSettings): Executor {
  const slots = new Slots(settings.name, size);
  const workers = new Set<JobWorker>();
  const idle: JobWorker[] = [];

  function start(): JobWorker {
    const worker = new JobWorker(settings);
    workers.add(worker);
    void worker.gone.then(() => workers.delete(worker));
    return worker;
  }

  function take(): JobWorker {
    for (let worker = idle.pop(); worker; worker = idle.pop()) if (worker.usable) return worker;
    return start();
  }

  return {
    size,
    async run(job, context) {
      const release = await slots.take(context.signal);
      try {
        slots.throwIfClosed();
        const worker = take();
        try {
          return await worker.run(job, context);
        } finally {
          if (worker.usable) idle.push(worker);
        }
      } finally {
        release();
      }
    },
    async close() {
      slots.close();
      const closed = new StopSearch(`${settings.name}: this executor has been closed`);
      for (const worker of workers) worker.kill(closed);
      await Promise.all([...workers].map(({ gone }) => gone));
    },
  };
}

/** The share of each of so many workers in the cores of this machine. */
export function shareOfCores(cores: number, workers: number): number {
  return Math.max(1, Math.floor(cores / workers));
}

/** @throws if this is not a number of milliseconds */
export function checkPatience(owner: string, patience: number): void {
  if (!(patience >= 0 && patience < 2 ** 31)) {
    throw new Error(`${owner}: patience must be a number of milliseconds below 2^31, got ${patience}`);
  }
}
