import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileStore } from "../../src/node/fileStore";
import { workers } from "../../src/node/workers";
import type { Executor, JobProgress } from "../../src/search/executor";
import { webWorkers } from "../../src/search/executors/webWorkers";
import { checkpointKey, MissingCheckpoint } from "../../src/search/runJob";
import type { Job } from "../../src/search/scheduler";
import type { Store } from "../../src/search/store";
import { checkedStore } from "../../src/search/stores/checkedStore";
import { memoryStore } from "../../src/search/stores/memoryStore";
import { PageWorker } from "./pageWorker";

const execArgv = ["--import", "tsx"];
const threadArgv = ["--import", new URL("typescript.mjs", import.meta.url).href];
const module = new URL("workplace.ts", import.meta.url);
const script = new URL("webWorkerScript.ts", import.meta.url);

interface Settings {
  readonly size?: number;
  readonly data?: unknown;
  readonly store?: Store;
  readonly patience?: number;
}
const kinds: Record<string, (settings: Settings) => Executor> = {
  processes: ({ size = 1, ...settings }) => workers({ module, execArgv, workers: size, ...settings }),
  threads: ({ size = 1, ...settings }) =>
    workers({ module, execArgv: threadArgv, workers: size, kind: "thread", ...settings }),
  webWorkers: ({ size = 1, ...settings }) =>
    webWorkers({ create: () => new PageWorker(script) as unknown as Worker, size, ...settings }),
};

let folder: string;
let store: Store;
let opened: Executor[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfads-workers-"));
  store = fileStore(folder);
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((executor) => executor.close()));
  await rm(folder, { recursive: true, force: true });
});

function open(kind: string, settings: Settings = {}): Executor {
  const executor = kinds[kind]!({ data: { folder }, ...settings });
  opened.push(executor);
  return executor;
}

function job(member: number, mode = "sum", parent: Job["parent"] = null): Job {
  return {
    member,
    generation: parent ? parent.generation + 1 : 0,
    hyperparameters: { mode },
    parent,
    epochs: 2,
  };
}

const context = (
  hear: (progress: JobProgress) => void = () => {},
  signal = new AbortController().signal,
) => ({
  signal,
  onProgress: hear,
});

const pidOf = async (member: number) =>
  Number(new TextDecoder().decode((await store.get(`pids/${member}`))!));

/** Runs a job and, once it says that it is on its way, does something. */
function during(executor: Executor, one: Job, act: () => unknown, signal?: AbortSignal) {
  const result = executor.run(
    one,
    context(() => void act(), signal),
  );
  result.catch(() => {});
  return result;
}

describe.each(Object.keys(kinds))("%s", (kind) => {
  const name = kind === "webWorkers" ? "webWorkers" : "workers";

  test("run jobs with checkpoints from the store, and tell progress", async () => {
    const executor = open(kind);
    const heard: JobProgress[] = [];
    const first = await executor.run(
      job(3),
      context((progress) => heard.push(progress)),
    );
    expect(first).toMatchObject({ score: 0.5, metrics: { sum: 2 } });
    expect(heard).toEqual([{ epoch: 1, epochs: 2 }]);
    const second = await executor.run(job(1, "sum", { member: 3, generation: 0 }), context());
    expect(second).toMatchObject({ score: 0.25, metrics: { sum: 4 } });
    expect(await checkedStore(store).get(checkpointKey({ member: 1, generation: 1 }))).toEqual(
      new Uint8Array([4]),
    );
    expect(await executor.run(job(2, "nan"), context())).toEqual({ score: Number.NaN });
    // One worker did them all.
    const { pid, threadId } = first.metrics!;
    expect(second.metrics).toMatchObject({ pid, threadId });
    expect(kind === "processes").toBe(pid !== process.pid);
  });

  test("use the store of their caller", async () => {
    const kept = memoryStore();
    const executor = open(kind, { data: {}, store: kept });
    await executor.run(job(0), context());
    expect(await executor.run(job(0, "sum", job(0)), context())).toMatchObject({ score: 0.25 });
    expect(await checkedStore(kept).get("checkpoints/1/0")).toEqual(new Uint8Array([4]));
    expect((await kept.list("")).length).toBe(3);
    const whoseIsChecked = open(kind, { data: {}, store: checkedStore(kept) });
    await whoseIsChecked.run(job(2), context());
    expect(await checkedStore(kept).get("checkpoints/0/2")).toHaveLength(1);
    const without = open(kind, { data: {} });
    await expect(without.run(job(0), context())).rejects.toThrow(
      `${name}: no store was given to this executor for its workers to use`,
    );
  });

  test("a store that fails stops the search", async () => {
    const says = "it says: the disk is full";
    const full = async (key: string) => {
      if (key.startsWith("checkpoints/")) throw new Error("the disk is full");
    };
    const executor = open(kind, { data: {}, store: { ...memoryStore(), put: full } });
    await expect(executor.run(job(3), context())).rejects.toMatchObject({
      name: "StopSearch",
      message: `runJob: the store must keep checkpoints/0/3, ${says}`,
    });
  });

  test("share out the cores", async () => {
    const cores =
      kind === "webWorkers" ? (globalThis.navigator?.hardwareConcurrency ?? 1) : availableParallelism();
    for (const size of [1, cores, 3 * cores]) {
      const { metrics } = await open(kind, { size }).run(job(0), context());
      expect(metrics?.threads).toBe(Math.max(1, Math.floor(cores / size)));
    }
  });

  test("two at the same time", async () => {
    const executor = open(kind, { size: 2 });
    const both = await Promise.all([0, 1].map((member) => executor.run(job(member, "meet"), context())));
    const [a, b] = both.map(({ metrics }) => metrics!);
    expect([a!.pid, a!.threadId]).not.toEqual([b!.pid, b!.threadId]);
    expect(both.map(({ score }) => score)).toEqual([0.5, 0.5]);
  });

  test("more jobs than workers", async () => {
    const executor = open(kind, { size: 2 });
    const members = Array.from({ length: 9 }, (_, member) => member);
    const all = await Promise.all(members.map((member) => executor.run(job(member), context())));
    expect(new Set(all.map(({ metrics }) => `${metrics!.pid} ${metrics!.threadId}`)).size).toBe(2);
    expect((await store.list("checkpoints/")).length).toBe(9);
  });

  test("a job that throws, in its own words, and the worker goes on", async () => {
    const executor = open(kind);
    const { metrics } = await executor.run(job(0), context());
    const error = await executor.run(job(0, "throw"), context()).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({
      name: "RangeError",
      message: "trainer: learning rate must be positive, got -1",
      stack: expect.stringContaining("workplace.ts"),
    });
    const missing = executor.run(job(1, "sum", { member: 7, generation: 4 }), context());
    await expect(missing).rejects.toThrow(MissingCheckpoint);
    await expect(missing).rejects.toMatchObject({ of: { member: 7, generation: 4 } });
    const after = await executor.run(job(0), context());
    expect(after.metrics).toEqual(metrics);
  });

  test("a workplace that fails is the error of the job, each time", async () => {
    const executor = open(kind, { data: { fail: "workplace: no such recording" } });
    for (let time = 0; time < 2; time++) {
      await expect(executor.run(job(0), context())).rejects.toThrow(
        `${name}: a worker cannot be used: workplace: no such recording`,
      );
    }
  });

  test.each(["uncaught", "rejection"])(
    "an error that nobody catches (%s) ends the worker, not the search",
    async (mode) => {
      const executor = open(kind);
      const { metrics } = await executor.run(job(0), context());
      await expect(executor.run(job(5, mode), context())).rejects.toThrow(
        /^w\w+: a worker ended with the error:? .*nobody (catches|handles) this/,
      );
      const after = await executor.run(job(0), context());
      expect(after.score).toBe(0.5);
      expect(after.metrics).not.toEqual(metrics);
    },
  );

  test("abort: the trainer is told, and the worker goes on", async () => {
    const executor = open(kind);
    const { metrics } = await executor.run(job(0), context());
    const abort = new AbortController();
    const reason = new Error("enough");
    await expect(during(executor, job(0, "wait"), () => abort.abort(reason), abort.signal)).rejects.toBe(
      reason,
    );
    expect((await executor.run(job(0), context())).metrics).toEqual(metrics);
    await expect(executor.run(job(0), context(undefined, abort.signal))).rejects.toBe(reason);
  });

  test.each(["deaf", "spin"])("abort: a trainer that does not listen (%s) is ended", async (mode) => {
    const executor = open(kind, { patience: 50 });
    const { metrics } = await executor.run(job(0), context());
    const abort = new AbortController();
    const reason = new Error("enough");
    await expect(during(executor, job(0, mode), () => abort.abort(reason), abort.signal)).rejects.toBe(
      reason,
    );
    const after = await executor.run(job(0), context());
    expect(after.score).toBe(0.5);
    expect(after.metrics).not.toEqual(metrics);
  });

  test("abort before the worker has started", async () => {
    const executor = open(kind);
    const abort = new AbortController();
    const reason = new Error("enough");
    const result = executor.run(job(0), context(undefined, abort.signal));
    abort.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect((await executor.run(job(0), context())).score).toBe(0.5);
  });

  test("an error of the caller's own in onProgress is that of the job", async () => {
    const executor = open(kind);
    const fail = () => {
      throw new Error("log is full");
    };
    await expect(executor.run(job(0, "wait"), context(fail))).rejects.toThrow("log is full");
    expect((await executor.run(job(0), context())).score).toBe(0.5);
  });

  test("close: what runs and what waits rejects, and no more is taken", async () => {
    const executor = open(kind);
    await expect(executor.close()).resolves.toBeUndefined();
    const other = open(kind);
    const running = during(other, job(0, "deaf"), () => other.close());
    const waiting = other.run(job(1), context());
    const closed = `${name}: this executor has been closed`;
    await Promise.all([running, waiting].map((result) => expect(result).rejects.toThrow(closed)));
    await other.close();
    await expect(running).rejects.toMatchObject({ name: "StopSearch" });
    for (const one of [executor, other]) await expect(one.run(job(2), context())).rejects.toThrow(closed);
    const third = open(kind);
    const early = third.run(job(0), context());
    early.catch(() => {});
    await third.close();
    await expect(early).rejects.toThrow(closed);
  });

  test("data that cannot be copied", async () => {
    const executor = open(kind, { data: { folder, tell: () => {} } });
    await expect(executor.run(job(0), context())).rejects.toThrow(
      `${name}: a message to a worker cannot be copied: `,
    );
  });
});

describe("worker processes", () => {
  test("killed in mid-job: the job rejects, another takes its place, and results are right", async () => {
    const executor = open("processes", { size: 2 });
    const pids = new Set<number>();
    for (let round = 0; round < 3; round++) {
      const bystander = executor.run(job(1), context());
      const killed = during(executor, job(0, "deaf"), async () => {
        pids.add(await pidOf(0));
        process.kill(await pidOf(0), "SIGKILL");
      });
      await expect(killed).rejects.toThrow(
        "workers: a worker was killed by SIGKILL in the job of member 0 in generation 0",
      );
      expect((await bystander).score).toBe(0.5);
      expect((await executor.run(job(0), context())).score).toBe(0.5);
    }
    expect(pids.size).toBe(3);
  });

  test("killed while it has nothing to do", async () => {
    const executor = open("processes");
    const { metrics } = await executor.run(job(0), context());
    process.kill(metrics!.pid!, "SIGKILL");
    // The caller may not know yet: then this job is lost, the next is not.
    const results = [];
    for (let time = 0; time < 2; time++) results.push(await executor.run(job(0), context()).catch(String));
    expect(results[1]).toMatchObject({ score: 0.5 });
    if (typeof results[0] === "string") expect(results[0]).toContain("was killed by SIGKILL");
  });

  test.each(["process", "thread"] as const)("a %s that exits", async (kind) => {
    const executor = open(kind === "process" ? "processes" : "threads");
    await expect(executor.run(job(4, "exit"), context())).rejects.toThrow(
      "workers: a worker exited with code 3 in the job of member 4 in generation 0",
    );
    expect((await executor.run(job(0), context())).score).toBe(0.5);
  });
});

test("a program that is not a file starts workers, not itself again", async () => {
  const program = `
    if (process.env.STARTED) throw new Error("started again");
    process.env.STARTED = "1";
    const { workers } = await import(${JSON.stringify(new URL("../../src/node/workers.ts", import.meta.url).href)});
    const executor = workers({ module: ${JSON.stringify(module.href)}, workers: 1, data: { folder: ${JSON.stringify(folder)} } });
    const context = { signal: new AbortController().signal, onProgress() {} };
    console.log((await executor.run(${JSON.stringify(job(2))}, context)).score);
    await executor.close();`;
  const child = spawn(process.execPath, [...execArgv, "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  expect(said, error).toMatch(/^[\d.]+\n$/);
});

describe("modules", () => {
  const inline = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;

  test.each([
    [
      "throws",
      inline(`throw new Error("no licence")`),
      /a worker cannot be used: cannot import data:.*: no licence/,
    ],
    ["is not there", new URL("nowhere.ts", import.meta.url).href, /cannot import file:.*nowhere\.ts: /],
    ["is no JavaScript", inline("let let"), /a worker cannot be used: cannot import data:/],
    ["exports nothing", inline("export {}"), /must export a function "workplace", got undefined/],
    [
      "gives nothing",
      inline("export const workplace = () => {}"),
      /workplace: must give an object with a trainer/,
    ],
    ["exits", inline("process.exit(4)"), /workers: a worker exited with code 4 in the job of member 0/],
  ])("one that %s", async (_, url, error) => {
    for (const kind of ["process", "thread"] as const) {
      const executor = workers({
        module: url,
        execArgv: kind === "process" ? execArgv : threadArgv,
        workers: 1,
        kind,
      });
      opened.push(executor);
      await expect(executor.run(job(0), context())).rejects.toThrow(error);
    }
  });

  test("the script of a Web Worker that throws", async () => {
    const create = () => new PageWorker(new URL("nowhere.ts", import.meta.url)) as unknown as Worker;
    const executor = webWorkers({ create, size: 1 });
    await expect(executor.run(job(0), context())).rejects.toThrow(
      /^webWorkers: a worker ended with the error ".*nowhere/,
    );
  });
});

describe("options", () => {
  test.each([
    [{ workers: 0 }, "workers: workers must be a positive integer, got 0"],
    [{ workers: 1.5 }, "workers: workers must be a positive integer, got 1.5"],
    [
      { module: "./worker.js" },
      `workers: module must be a URL, such as new URL("./worker.js", import.meta.url), got "./worker.js"`,
    ],
    [{ kind: "fibre" as "thread" }, `workers: kind must be "process" or "thread", got "fibre"`],
    [{ patience: -1 }, "workers: patience must be a number of milliseconds below 2^31, got -1"],
    [{ patience: Number.NaN }, "workers: patience must be a number of milliseconds below 2^31, got NaN"],
  ])("%o", (options, error) => {
    expect(() => workers({ module, ...options })).toThrow(error);
  });

  test("of webWorkers", () => {
    const create = () => new PageWorker(script) as unknown as Worker;
    expect(() => webWorkers({ create, size: 0 })).toThrow(
      "webWorkers: size must be a positive integer, got 0",
    );
    expect(() => webWorkers({ create, patience: 2 ** 31 })).toThrow("webWorkers: patience must be a number");
  });
});

describe.each(["process", "thread"])("a program that uses a %s", (kind) => {
  const program = (last: string) => `
    import { workers } from ${JSON.stringify(new URL("../../src/node/workers.ts", import.meta.url).href)};
    const executor = workers({
      module: ${JSON.stringify(module.href)}, workers: 2, kind: "${kind}", execArgv: ${JSON.stringify(kind === "process" ? execArgv : threadArgv)}, data: ${JSON.stringify({ folder })},
    });
    const run = (member, mode, onProgress = () => {}) => executor.run(
      { member, generation: 0, hyperparameters: { mode }, parent: null, epochs: 2 },
      { signal: new AbortController().signal, onProgress },
    );
    const { score, metrics } = await run(0, "sum");
    console.log(score, metrics.pid);
    ${last}`;

  async function start(last: string) {
    const path = join(folder, "program.mjs");
    await writeFile(path, program(last));
    const child = spawn(process.execPath, [...execArgv, path], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (text) => (said += text));
    const [code] = await once(child, "close");
    return { code, said, pid: Number(said.split(/\s/)[1]) };
  }
  const lives = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  test.each([
    ["does not close it", ""],
    ["closes it", "await executor.close();"],
    [
      "closes it after an error",
      `await run(1, "throw").catch((error) => console.log(error.message)); await executor.close();`,
    ],
  ])("ends by itself if it %s, and its workers with it", async (_, last) => {
    const { code, said, pid } = await start(last);
    expect(code).toBe(0);
    expect(said).toMatch(/^0\.5 \d+\n/);
    expect(pid).toBeGreaterThan(0);
    for (let wait = 0; lives(pid) && wait < 500; wait++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(lives(pid)).toBe(false);
  });

  test("is killed: its workers end as well", async () => {
    const { code, pid } = await start(
      `void run(1, "deaf", () => process.kill(process.pid, "SIGKILL")).catch(() => {});`,
    );
    expect(code).toBeNull();
    for (let wait = 0; lives(pid) && wait < 500; wait++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(lives(pid)).toBe(false);
  });
});
