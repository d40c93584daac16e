import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type JobType, Queue } from "bullmq";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BullmqExecutorOptions, bullmqExecutor, serveQueue } from "../../src/bullmq";
import { fileStore } from "../../src/node/fileStore";
import { redisStore } from "../../src/node/redisStore";
import {
  type Executor,
  inProcess,
  type Job,
  type JobProgress,
  MissingCheckpoint,
  memoryStore,
  runPopulation,
  type Store,
} from "../../src/search";
import { block, unblock } from "../search/block";
import { quadratic, scheduler } from "../search/quadratic";
import type { QueueData } from "./queueWorkplace";
import { useRedis } from "./useRedis";

const module = new URL("queueWorkplace.ts", import.meta.url);
const program = fileURLToPath(new URL("../../src/lfadsWorker.ts", import.meta.url));
const runnerProgram = fileURLToPath(new URL("queueRunner.ts", import.meta.url));
const lease = 1000;

const redis = useRedis();
const connection = () => ({ port: redis.server.port, maxRetriesPerRequest: null });
let opened: { close(): Promise<void> }[] = [];
let started: ChildProcess[] = [];

afterEach(async () => {
  for (const one of opened) await one.close();
  for (const child of started) await kill(child);
  opened = [];
  started = [];
});

function open(options: Partial<BullmqExecutorOptions> = {}): Executor {
  const executor = bullmqExecutor({ connection: connection(), search: "a search", size: 2, ...options });
  opened.push(executor);
  return executor;
}

function serve(data: Partial<QueueData> = {}) {
  const execArgv = ["--import", "tsx"];
  const settings = {
    connection: connection(),
    module,
    data: { port: redis.server.port, ...data },
    execArgv,
    threads: 1,
    lease,
  };
  const one = serveQueue(settings);
  opened.push(one);
  return one;
}

/** Starts `lfads-worker` in a process of its own. */
async function start(data: Partial<QueueData> = {}): Promise<ChildProcess> {
  const options = {
    redis: `redis://127.0.0.1:${redis.server.port}`,
    module: fileURLToPath(module),
    data: JSON.stringify({ port: redis.server.port, ...data }),
    lease: String(lease),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  const [said] = await once(createInterface(child.stdout!), "line");
  expect(said).toBe(`lfads-worker: serves the queue "lfads" of 127.0.0.1:${redis.server.port}`);
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}

const job = (mode: string, member = 0, parent: Job["parent"] = null): Job => ({
  ...{ member, generation: parent ? parent.generation + 1 : 0, parent, epochs: 2 },
  hyperparameters: { mode, learningRate: 0.1 },
});
const context = (
  signal = new AbortController().signal,
  onProgress: (progress: JobProgress) => void = () => {},
) => ({ signal, onProgress });

/** Waits for something that workers did. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
const counted = (key: string, n = 1) => until(async () => Number(await redis.client.get(key)) >= n);
const queued = async (...states: JobType[]) => {
  const queue = new Queue("lfads", { connection: connection() });
  const counts = await queue.getJobCounts(...states);
  await queue.close();
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
};

/** What a search that nobody disturbs finds. */
async function undisturbed() {
  const store = memoryStore();
  return runPopulation({ scheduler: scheduler(), executor: inProcess({ trainer: quadratic, store }), store });
}

/** The same search through the queue; `disturb` is called after so many records. */
async function search(
  store: Store,
  at = 1,
  disturb: () => Promise<unknown> = async () => {},
  patience = 20_000,
) {
  let records = 0;
  let disturbing: Promise<unknown> | undefined;
  const found = await runPopulation({
    ...{ scheduler: scheduler(), executor: open({ patience }), store },
    onRecord: () => {
      if (++records === at) disturbing = disturb();
    },
  });
  expect(disturbing).toBeDefined();
  await disturbing;
  return found;
}

describe("a population through the queue", () => {
  test("finds what it finds in process, and leaves nothing in the queue", async () => {
    serve();
    serve();
    expect(await search(redisStore({ client: redis.client }))).toEqual(await undisturbed());
    expect(await queued()).toBe(0);
  });

  test("the same when a worker is killed in the middle of a job", async () => {
    const first = await start({ milliseconds: 300 });
    const found = await search(redisStore({ client: redis.client }), 3, async () => {
      await sleep(150);
      await kill(first);
      await start();
    });
    expect(found).toEqual(await undisturbed());
  });

  test("the same when a worker is told to end and gives its jobs back", async () => {
    const first = await start({ milliseconds: 300 });
    const found = await search(redisStore({ client: redis.client }), 3, async () => {
      await sleep(150);
      await kill(first, "SIGTERM");
      expect(first.exitCode).toBe(0);
      await start();
    });
    expect(found).toEqual(await undisturbed());
  });

  test("the same when Redis is killed and started again", async () => {
    serve({ milliseconds: 100 });
    const found = await search(redisStore({ client: redis.client }), 4, async () => {
      await sleep(50);
      await redis.server.kill();
      await sleep(300);
      await redis.server.restart();
    });
    expect(found).toEqual(await undisturbed());
  });

  test("the same when Redis has lost the queue", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lfads-bullmq-"));
    serve({ milliseconds: 200, folder });
    const found = await search(fileStore(folder), 4, async () => {
      await sleep(50);
      await redis.client.flushall();
      await redis.server.restart();
    });
    expect(found).toEqual(await undisturbed());
    await rm(folder, { recursive: true });
  });
});

describe("a population through the queue, whose runner is killed in mid-search", () => {
  test.each([
    ["", async () => {}],
    [
      ", when the jobs that it left are over",
      () => until(async () => (await queued("active", "waiting")) === 0),
    ],
    [
      " together with a worker",
      async (worker: ChildProcess) => {
        await kill(worker);
        await start();
      },
    ],
  ])("goes on by the same call%s, and finds what it would have found", async (_, meanwhile) => {
    const worker = await start({ milliseconds: 400 });
    serve({ milliseconds: 300 });
    const runner = spawn(process.execPath, ["--import", "tsx", runnerProgram, String(redis.server.port)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(runner);
    let records = 0;
    createInterface(runner.stdout).on("line", () => records++);
    await until(async () => runner.exitCode !== null || (records >= 8 && (await queued("active")) > 0));
    await kill(runner);
    expect(runner.signalCode).toBe("SIGKILL");
    expect(await queued()).toBeGreaterThan(0);
    await meanwhile(worker);
    expect(await search(redisStore({ client: redis.client }))).toEqual(await undisturbed());
    expect(await queued()).toBe(0);
  });
});

describe("a population through the queue stops, and goes on by the same call,", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lfads-bullmq-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("when the store of its workers fails", async () => {
    serve({ folder });
    const checkpoints = join(folder, "checkpoints");
    await expect(search(fileStore(folder), 8, async () => block(checkpoints))).rejects.toThrow(
      /^runJob: the store must keep (checkpoints\/\d\/\d), it says: fileStore: cannot put "\1" in .*ENOTDIR/,
    );
    expect(await queued()).toBe(0);
    unblock(checkpoints);
    expect(await search(fileStore(folder))).toEqual(await undisturbed());
  });

  test("when Redis stays away", async () => {
    serve({ folder });
    await expect(search(fileStore(folder), 8, () => redis.server.kill(), 500)).rejects.toThrow(
      /^bullmqExecutor: Redis has not answered for 500 ms$/,
    );
    await redis.server.restart();
    expect(await search(fileStore(folder))).toEqual(await undisturbed());
  });
});

describe("bullmqExecutor", () => {
  test("brings scores and metrics that JSON does not have, and progress", async () => {
    serve();
    const heard: JobProgress[] = [];
    const result = await open().run(
      job("nan"),
      context(undefined, (progress) => heard.push(progress)),
    );
    expect(result).toEqual({
      score: Number.NaN,
      metrics: { loss: Number.NEGATIVE_INFINITY, epochs: 2 },
    });
    expect(heard).toEqual([{ epoch: 0, epochs: 2 }]);
  });

  test("brings errors, and whose checkpoint is missing", async () => {
    serve();
    const executor = open();
    await expect(executor.run(job("throw"), context())).rejects.toMatchObject({
      name: "RangeError",
      message: "trainer: learning rate must be positive, got -1",
    });
    const parent = { member: 5, generation: 2 };
    const error: unknown = await executor.run(job("train", 1, parent), context()).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(MissingCheckpoint);
    expect((error as MissingCheckpoint).of).toEqual(parent);
  });

  test("runs a job that is over again, and joins one that is not", async () => {
    const executor = open();
    const runs = [executor.run(job("train"), context()), open().run(job("train"), context())];
    await until(async () => (await queued()) === 1);
    serve();
    const first = await Promise.race(runs);
    expect(await Promise.all(runs)).toEqual([first, first]);
    expect(await executor.run(job("train"), context())).toEqual(first);
    expect(await queued()).toBe(0);
  });

  test("an aborted job leaves the queue, or is ended where it runs", async () => {
    const executor = open();
    const reason = new Error("enough");
    const stop = new AbortController();
    const waiting = executor.run(job("train"), context(stop.signal));
    await until(async () => (await queued()) === 1);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await queued()).toBe(0);

    serve();
    const stopToo = new AbortController();
    const running = executor.run(job("wait"), context(stopToo.signal));
    await counted("begun/0");
    stopToo.abort(reason);
    await expect(running).rejects.toBe(reason);
    await counted("ended/0");
    expect(await queued()).toBe(0);
    expect((await executor.run(job("train"), context())).score).toBeGreaterThan(0);
  });

  test("closing ends its jobs", async () => {
    serve();
    const executor = open();
    const running = executor.run(job("wait"), context());
    const refused = expect(running).rejects.toThrow("bullmqExecutor: this executor has been closed");
    await counted("begun/0");
    await executor.close();
    await refused;
    await counted("ended/0");
    await expect(executor.run(job("train"), context())).rejects.toThrow("has been closed");
  });

  test("says that Redis is out of reach, and that a name is taken", async () => {
    const away = open({ connection: { port: 1 }, patience: 200 });
    await expect(away.run(job("train"), context())).rejects.toThrow(
      /^bullmqExecutor: Redis has not answered/,
    );
    const waiting = open().run(job("train"), context());
    waiting.catch(() => {}); // ends with its executor
    await until(async () => (await queued()) === 1);
    await expect(open().run(job("nan"), context())).rejects.toThrow(
      'bullmqExecutor: the queue has another job "a search/0/0"; give each search a name of its own',
    );
  });

  test("refuses options that are out of range", () => {
    expect(() => open({ search: "a:b" })).toThrow(
      'bullmqExecutor: search must be a name without ":" for its jobs, got "a:b"',
    );
    expect(() => open({ size: 0 })).toThrow("bullmqExecutor: size must be a positive integer, got 0");
    expect(() => open({ patience: -1 })).toThrow("bullmqExecutor: patience must be");
    const settings = { connection: connection(), module };
    expect(() => serveQueue({ ...settings, concurrency: 0 })).toThrow(
      "serveQueue: concurrency must be a positive integer, got 0",
    );
    expect(() => serveQueue({ ...settings, lease: 1 })).toThrow("serveQueue: lease must be");
    expect(() => serveQueue({ ...settings, threads: 0.5 })).toThrow(
      "workers: threads must be a positive integer, got 0.5",
    );
  });
});
