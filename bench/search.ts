import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { parseArgs, promisify } from "node:util";
import {
  autolfadsSpace,
  type Executor,
  inProcess,
  memoryStore,
  pbt,
  randomSearch,
  runPopulation,
  type Store,
  type Trainer,
} from "lfads";
import { workers } from "lfads/node";
import { workplace } from "./searchWorkplace";

/**
 * `npm run bench:search`: what a second worker brings, what scheduler and runner cost next to training, and how they scale to a thousand
 * members with a hundred jobs at the same time.
 */
const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(values.rounds);

console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.versions.node}`);
await throughput();
await overhead();
await simulation();

/** Members per minute of one worker and of two, one thread each, in turns; starting them does not count. */
async function throughput(): Promise<void> {
  const sizes = [1, 2];
  const best = sizes.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    for (const [i, size] of sizes.entries()) best[i] = Math.max(best[i]!, await jobsPerMinute(size));
  }
  const [one, two] = best as [number, number];
  const [alone, together] = [await arithmetic(1), await arithmetic(2)];
  console.log(
    `one worker ${one.toFixed(1)}, two workers ${two.toFixed(1)} jobs per minute: ${(two / one).toFixed(2)} times; ` +
      `two processes of plain arithmetic ${(together / alone).toFixed(2)} times what one does`,
  );
}

/** Additions per second of so many processes: what the machine gives to more than one. */
async function arithmetic(processes: number): Promise<number> {
  const program =
    "let n = 0, x = 1; const end = Date.now() + 3000; while (Date.now() < end) for (let i = 0; i < 1e6; i++, n++) x = x * 0.5 + 1; console.log(n * (x > 0))";
  const run = promisify(execFile);
  const counts = await Promise.all(
    Array.from({ length: processes }, async () =>
      Number((await run(process.execPath, ["--eval", program])).stdout),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function jobsPerMinute(size: number): Promise<number> {
  const executor = workers({
    module: new URL("./searchWorkplace.ts", import.meta.url),
    workers: size,
    threads: 1,
    // Else V8 collects garbage and compiles on the other core while one worker runs alone.
    execArgv: [...process.execArgv, "--single-threaded"],
  });
  try {
    await search(executor, { members: size, epochs: 2 }); // starts them
    const start = performance.now();
    await search(executor, { members: 16, epochs: 20 });
    return 16 / ((performance.now() - start) / 60_000);
  } finally {
    await executor.close();
  }
}

async function search(executor: Executor, size: { members: number; epochs: number }): Promise<void> {
  await runPopulation({
    scheduler: randomSearch({ space: autolfadsSpace, ...size }),
    executor,
    store: memoryStore(),
  });
}

/** The share of a generation's time that is not training. */
async function overhead(): Promise<void> {
  const store = memoryStore();
  const { trainer } = await workplace();
  let training = 0;
  const timed: Trainer = async (...args) => {
    const start = performance.now();
    const trained = await trainer(...args);
    training += performance.now() - start;
    return trained;
  };
  const generations = 4;
  const start = performance.now();
  await runPopulation({
    scheduler: pbt({
      space: autolfadsSpace,
      population: 4,
      generations,
      generationEpochs: 10,
      burnIn: 0,
      stop: null,
    }),
    executor: inProcess({ trainer: timed, store }),
    store,
  });
  const all = performance.now() - start;
  console.log(
    `a generation of 4 members and 10 epochs: ${(all / generations).toFixed(0)} ms, of which scheduler, runner and store ` +
      `${((all - training) / generations).toFixed(1)} ms, ${((100 * (all - training)) / all).toFixed(2)} %`,
  );
}

/** Time and memory of searches whose trainings take no time, for a hundred jobs at the same time. */
async function simulation(): Promise<void> {
  console.log(
    "\n| members | generations | CPU ms per generation | us per job | heap after 5 generations, MiB | after all | checkpoints kept |",
  );
  console.log("|---|---|---|---|---|---|---|");
  for (const [population, generations] of [
    [125, 20],
    [250, 20],
    [500, 20],
    [1000, 20],
    [1000, 50],
  ] as const) {
    const store = memoryStore();
    const heap: number[] = [];
    const trainer: Trainer = async ({ member, generation, hyperparameters }) => ({
      checkpoint: new Uint8Array(1024),
      score:
        Math.abs(Math.log(Number(hyperparameters.learningRate) / 1e-3)) +
        1 / (1 + generation) +
        1e-3 * (member % 7),
    });
    const start = process.cpuUsage();
    await runPopulation({
      scheduler: pbt({
        space: autolfadsSpace,
        population,
        generations,
        generationEpochs: 1,
        burnIn: 0,
        stop: null,
      }),
      executor: inProcess({ trainer, store }, { size: 100 }),
      store,
      onProgress: () => {},
      onRecord: ({ generation }) => {
        if (heap[generation] === undefined) heap[generation] = heapMiB();
      },
    });
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000 / generations;
    console.log(
      `| ${population} | ${generations} | ${ms.toFixed(0)} | ${((1000 * ms) / population).toFixed(0)} | ` +
        `${heap[5]!.toFixed(1)} | ${heap[generations - 1]!.toFixed(1)} | ${await stored(store)} |`,
    );
  }
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

async function stored(store: Store): Promise<number> {
  return (await store.list("checkpoints/")).length;
}
