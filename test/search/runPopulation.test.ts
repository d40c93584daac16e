import { describe, expect, test } from "vitest";
import { integers, RandomStream } from "../../src/random";
import {
  type Executor,
  inProcess,
  type Job,
  lineageOf,
  memoryStore,
  type PopulationResult,
  replaySchedule,
  runPopulation,
  StopSearch,
  type Store,
  scheduleOf,
  type Trainer,
} from "../../src/search";
import { quadratic, scheduler } from "./quadratic";

interface Setting {
  readonly store?: Store;
  readonly trainer?: Trainer;
  readonly size?: number;
  readonly retries?: number;
  readonly keepAll?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly executor?: Executor;
  readonly onRecord?: () => void;
  readonly onProgress?: () => void;
}

function search({ store = memoryStore(), trainer = quadratic, size = 2, seed = 0, ...rest }: Setting = {}) {
  const executor = inProcess({ trainer, store }, { size });
  return runPopulation({ scheduler: scheduler(seed), executor, store, ...rest });
}

const told = ({ records, best }: PopulationResult) => ({ records, best });

describe("a search", () => {
  test("gives what the scheduler makes of the trainer's scores, in any number of slots", async () => {
    const pure = scheduler();
    let state = pure.start();
    const checkpoints = new Map<string, Uint8Array>();
    const scores: (number | null)[] = [];
    const signal = new AbortController().signal;
    for (let jobs = pure.ask(state); jobs.length > 0; jobs = pure.ask(state)) {
      for (const job of jobs) {
        const { parent, member, generation } = job;
        const before = parent ? checkpoints.get(`${parent.generation}/${parent.member}`)! : null;
        const { checkpoint, score } = await quadratic(job, before, { signal, onProgress: () => {} });
        checkpoints.set(`${generation}/${member}`, checkpoint);
        scores.push(score);
        state = pure.tell(state, { member, generation, score });
      }
    }
    const results = await Promise.all([1, 2, 6].map((size) => search({ size })));
    for (const result of results) {
      expect(result.records.map(({ score }) => score)).toEqual(scores);
      expect(told(result)).toEqual(told(results[0]!));
      expect(result.reason).toBe("generations");
      const { member, generation } = result.best!;
      expect(result.checkpoint).toEqual(checkpoints.get(`${generation}/${member}`));
    }
    expect(results[0]!.best!.score).toBe(Math.min(...(scores as number[])));
  });

  test("another seed is another search", async () => {
    expect((await search({ seed: 1 })).records).not.toEqual((await search()).records);
  });

  test("tells where it stands, and every record when it is durable", async () => {
    const store = memoryStore();
    const seen: string[] = [];
    const progress: number[] = [];
    await runPopulation({
      scheduler: scheduler(),
      executor: inProcess({ trainer: quadratic, store }),
      store,
      onRecord: ({ member, generation }) => seen.push(`records/${generation}/${member}`),
      onProgress: ({ generation, done, members }) => {
        expect([members, done <= members]).toEqual([6, true]);
        progress.push(6 * generation + done);
      },
    });
    expect(seen.sort()).toEqual([...(await store.list("records/"))].sort());
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(30);
  });

  test("keeps the checkpoints that may still be needed, or all", async () => {
    const [few, all] = [memoryStore(), memoryStore()];
    const { best } = await search({ store: few });
    await search({ store: all, keepAll: true });
    expect(await few.list("checkpoints/")).toEqual([`checkpoints/${best!.generation}/${best!.member}`]);
    expect(await all.list("checkpoints/")).toHaveLength(30);
  });
});

describe("a search that was stopped", () => {
  test("by a store that fails at any moment ends as if it had not been", async () => {
    const expected = told(await search());
    let puts = 0;
    const counting = memoryStore();
    const put: Store["put"] = (key, bytes) => {
      puts++;
      return counting.put(key, bytes);
    };
    await search({ store: { ...counting, put } });
    for (let limit = 0; limit < puts; limit++) {
      const store = memoryStore();
      let left = limit;
      const failing: Store = {
        ...store,
        put: async (key, bytes) => {
          if (left-- <= 0) throw new Error("the disk is full");
          return store.put(key, bytes);
        },
      };
      await expect(search({ store: failing, retries: 0 })).rejects.toThrow("the disk is full");
      expect(told(await search({ store })), `after ${limit} puts`).toEqual(expected);
    }
  });

  test.each(["get", "put", "delete"] as const)(
    "by one %s that fails, of whatever key, ends as if it had not been: no member is lost for it",
    async (method) => {
      const expected = told(await search());
      for (let after = 0; ; after++) {
        const store = memoryStore();
        let [calls, failed] = [0, ""];
        const fail = (called: typeof method, key: string) => {
          if (called !== method || calls++ !== after) return;
          failed = key;
          throw new Error("the disk is full");
        };
        const failing: Store = {
          ...store,
          async get(key) {
            fail("get", key);
            return store.get(key);
          },
          async put(key, bytes) {
            fail("put", key);
            await store.put(key, bytes);
          },
          async delete(key) {
            fail("delete", key);
            await store.delete(key);
          },
        };
        const found = await search({ store: failing }).then(told, String);
        if (!failed) break;
        const verb = { get: "give", put: "keep", delete: "delete" }[method];
        expect(found).toMatch(
          new RegExp(`^StopSearch: run\\w+: the store must ${verb} ${failed}, it says: the disk is full$`),
        );
        expect(told(await search({ store })), `after ${method} of ${failed}`).toEqual(expected);
      }
    },
  );

  test("by a checkpoint that is gone whenever it has been made again", async () => {
    const expected = told(await search());
    const { member } = expected.records.find((record) => record.generation === 2)!.parent!;
    const store = memoryStore();
    const forgetful: Store = {
      ...store,
      get: async (key) => (key === `checkpoints/1/${member}` ? null : store.get(key)),
    };
    await expect(search({ store: forgetful })).rejects.toThrow(
      `runJob: there is no checkpoint of member ${member} after generation 1`,
    );
    expect(told(await search({ store }))).toEqual(expected);
  });

  test.each(["onRecord", "onProgress"] as const)("by an error in %s", async (callback) => {
    const store = memoryStore();
    let calls = 0;
    const log = () => {
      if (++calls === 10) throw new Error("the log cannot be written");
    };
    await expect(search({ store, [callback]: log })).rejects.toThrow("the log cannot be written");
    expect(calls).toBe(10);
    expect(told(await search({ store }))).toEqual(told(await search()));
  });

  test("by closing its executor", async () => {
    const store = memoryStore();
    const executor = inProcess({ trainer: quadratic, store });
    let records = 0;
    const onRecord = () => void (++records === 8 && executor.close());
    await expect(runPopulation({ scheduler: scheduler(), executor, store, onRecord })).rejects.toThrow(
      "inProcess: this executor has been closed",
    );
    expect(told(await search({ store }))).toEqual(told(await search()));
  });

  test("by a job that says so is not tried again, and goes on when the cause is mended", async () => {
    const store = memoryStore();
    let jobs = 0;
    const trainer: Trainer = (job, ...rest) => {
      if (job.generation < 1 || job.member < 4) return quadratic(job, ...rest);
      jobs++;
      throw new StopSearch("trainer: the recording is not there");
    };
    await expect(search({ store, trainer, size: 1 })).rejects.toThrow(
      /^trainer: the recording is not there$/,
    );
    expect(jobs).toBe(1);
    expect(told(await search({ store }))).toEqual(told(await search()));
  });

  test("by a signal says so, and goes on", async () => {
    const store = memoryStore();
    for (let runs = 0; runs < 3; runs++) {
      const abort = new AbortController();
      let jobs = 0;
      const trainer: Trainer = (...args) => {
        if (++jobs > 4) abort.abort();
        return quadratic(...args);
      };
      const { reason, records } = await search({ store, trainer, signal: abort.signal });
      expect(reason).toBe("aborted");
      expect(records.length).toBeLessThan(30);
    }
    expect(told(await search({ store }))).toEqual(told(await search()));
    const aborted = new AbortController();
    aborted.abort();
    expect((await search({ signal: aborted.signal })).reason).toBe("aborted");
  });

  test("and whose files were damaged ends with the same result", async () => {
    const expected = told(await search());
    const stream = RandomStream.fromSeed("damage");
    for (let round = 0; round < 30; round++) {
      const store = memoryStore();
      const abort = new AbortController();
      let jobs = 0;
      const stopAfter = integers(stream, 1, 2, 30)[0]!;
      const trainer: Trainer = (...args) => {
        if (++jobs > stopAfter) abort.abort();
        return quadratic(...args);
      };
      await search({ store, trainer, signal: abort.signal });
      for (const key of [...(await store.list(""))]) {
        const [kind, at] = integers(stream, 2, 0, 1000) as unknown as [number, number];
        const bytes = (await store.get(key))!;
        if (kind < 150) await store.delete(key);
        else if (kind < 300) await store.put(key, bytes.slice(0, at % bytes.length));
        else if (kind < 450)
          await store.put(
            key,
            bytes.map((byte, i) => (i === at % bytes.length ? byte ^ 4 : byte)),
          );
      }
      expect(told(await search({ store })), `round ${round}`).toEqual(expected);
    }
  });
});

describe("a search that is over", () => {
  /** A search that counts its jobs. */
  const counted = async (store: Store, setting: Setting = {}) => {
    const jobs: string[] = [];
    const trainer: Trainer = (job, ...rest) => {
      jobs.push(`${job.generation}/${job.member}`);
      return quadratic(job, ...rest);
    };
    return { jobs, result: told(await search({ store, trainer, ...setting })) };
  };

  test("does again only what is damaged", async () => {
    const store = memoryStore();
    const { jobs, result } = await counted(store);
    expect(jobs).toHaveLength(30);
    await store.put("records/0/0", new Uint8Array([1, 2, 3]));
    expect(await counted(store)).toEqual({ jobs: ["0/0"], result });
    expect(await counted(store)).toEqual({ jobs: [], result });
  });

  test("is not taken for another one where its header is damaged", async () => {
    const store = memoryStore();
    const { result } = await counted(store);
    await store.put("search", new Uint8Array([1, 2, 3]));
    await expect(counted(store, { seed: 1 })).rejects.toThrow(
      /^runPopulation: the store holds another search, with {.*} for member 0, got {/,
    );
    await store.put("search", new Uint8Array([1, 2, 3]));
    expect(await counted(store)).toEqual({ jobs: [], result });
  });

  test("goes another way where a job that ran again came out otherwise", async () => {
    const store = memoryStore();
    const lucky: Trainer = async (job, ...rest) => ({
      ...(await quadratic(job, ...rest)),
      ...(job.generation === 0 && job.member === 3 && { score: 0 }),
    });
    await search({ store });
    await store.put("records/0/3", new Uint8Array([1, 2, 3]));
    expect(told(await search({ store, trainer: lucky }))).toEqual(told(await search({ trainer: lucky })));
  });

  test("makes the best checkpoint again, again if that fails, and can be aborted there", async () => {
    const store = memoryStore();
    const { checkpoint, best } = await search({ store });
    const key = `checkpoints/${best!.generation}/${best!.member}`;
    await store.delete(key);
    const abort = new AbortController();
    const aborting: Trainer = async () => {
      abort.abort();
      throw new Error("aborted");
    };
    const aborted = await search({ store, trainer: aborting, signal: abort.signal });
    expect([aborted.reason, aborted.best, aborted.checkpoint]).toEqual(["aborted", best, null]);
    let failures = 2;
    const trainer: Trainer = (...args) => {
      if (failures-- > 0) throw new Error("the worker was killed");
      return quadratic(...args);
    };
    expect((await search({ store, trainer })).checkpoint).toEqual(checkpoint);
  });
});

describe("a job that fails", () => {
  const failing = (fails: (job: Job, attempt: number) => boolean): Trainer => {
    const attempts = new Map<string, number>();
    return async (job, ...rest) => {
      const key = `${job.generation}/${job.member}`;
      const attempt = attempts.get(key) ?? 0;
      attempts.set(key, attempt + 1);
      if (fails(job, attempt)) throw new Error(`out of memory in ${key}`);
      return quadratic(job, ...rest);
    };
  };

  test("is run again", async () => {
    const trainer = failing(({ member, generation }, attempt) => attempt < (member + generation) % 3);
    expect(told(await search({ trainer }))).toEqual(told(await search()));
  });

  test("again and again is lost, and its member replaced by a copy of another one", async () => {
    const trainer = failing(({ member, generation }) => member === 2 && generation === 1);
    const { records, reason } = await search({ trainer });
    expect(reason).toBe("generations");
    const lost = records.find(({ member, generation }) => member === 2 && generation === 1)!;
    expect(lost).toMatchObject({ score: null, error: "out of memory in 1/2" });
    const next = records.find(({ member, generation }) => member === 2 && generation === 2)!;
    expect(next.parent!.member).not.toBe(2);
    expect(next.error).toBeNull();
  });

  test("with all others of its generation stops the search, which goes on when the cause is mended", async () => {
    const store = memoryStore();
    const trainer = failing(({ generation }) => generation === 2);
    await expect(search({ store, trainer })).rejects.toThrow(
      "runPopulation: all members of generation 2 have failed, the first with: out of memory in 2/0",
    );
    expect(told(await search({ store }))).toEqual(told(await search()));
  });

  test("where it makes a lost checkpoint again is tried again, and never the fault of those who need it", async () => {
    const { records } = await search();
    const parent = records.find(({ generation }) => generation === 2)!.parent!;
    const lose = () => {
      const kept = memoryStore();
      let lost = false;
      const get: Store["get"] = async (key) => {
        if (lost || key !== `checkpoints/1/${parent.member}`) return kept.get(key);
        lost = true;
        await kept.delete(key);
        return null;
      };
      return { store: { ...kept, get }, isLost: () => lost };
    };
    const failing = (failures: number, isLost: () => boolean): Trainer => {
      let left = failures;
      return (job, ...rest) => {
        const again = job.generation === 1 && job.member === parent.member && isLost();
        if (again && left-- > 0) throw new Error("the worker was killed");
        return quadratic(job, ...rest);
      };
    };
    const few = lose();
    expect((await search({ store: few.store, trainer: failing(2, few.isLost) })).records).toEqual(records);
    const many = lose();
    await expect(search({ store: many.store, trainer: failing(3, many.isLost) })).rejects.toThrow(
      `runPopulation: the checkpoint of member ${parent.member} after generation 1 is gone, and its job fails now: the worker was killed`,
    );
    expect((await search({ store: many.store })).records).toEqual(records);
  });

  test("a score that is not a number loses", async () => {
    const trainer: Trainer = async (job, ...rest) => {
      const trained = await quadratic(job, ...rest);
      return job.member === 1 && job.generation === 0 ? { ...trained, score: Number.NaN } : trained;
    };
    const { records } = await search({ trainer });
    expect(
      records.find(({ member, generation }) => member === 1 && generation === 1)!.parent!.member,
    ).not.toBe(1);
  });
});

describe("what cannot be", () => {
  test("two searches in one store", async () => {
    const store = memoryStore();
    await search({ store });
    await expect(search({ store, seed: 1 })).rejects.toThrow(
      'runPopulation: the store holds another search, with {"format":"lfads search 1","scheduler":{',
    );
    await expect(search({ store, settings: { batchSize: 64 } })).rejects.toThrow(
      '"settings":{}}, got {"format":"lfads search 1"',
    );
  });

  test("a trainer that gives no score or no checkpoint", async () => {
    const giving = (trained: object): Setting => ({ trainer: async () => trained as never });
    const checkpoint = new Uint8Array(1);
    await expect(search(giving({ checkpoint, score: "3" }))).rejects.toThrow(
      'runPopulation: the score of a job must be a number, got "3"',
    );
    await expect(search(giving({ checkpoint }))).rejects.toThrow(
      "runPopulation: the score of a job must be a number, got undefined",
    );
    await expect(search(giving({ score: 3 }))).rejects.toThrow(
      "runJob: the trainer must give a checkpoint, a Uint8Array, got undefined",
    );
  });

  test("less than no retries", async () => {
    await expect(search({ retries: -1 })).rejects.toThrow(
      "runPopulation: retries must be an integer of at least 0, got -1",
    );
  });
});

describe("the winning schedule", () => {
  test("is that of the best and its ancestors, and trains a fresh model", async () => {
    const { records, best } = await search();
    const lineage = lineageOf(records, best!);
    expect(lineage[0]!.parent).toBeNull();
    lineage.slice(1).forEach(({ parent }, i) => {
      expect(parent).toEqual({ member: lineage[i]!.member, generation: lineage[i]!.generation });
    });
    const schedule = scheduleOf(records, best!);
    expect(schedule.at(-1)).toEqual({ hyperparameters: best!.hyperparameters, epochs: best!.epochs });
    const { checkpoint, score } = await replaySchedule(schedule, quadratic);
    expect(JSON.parse(new TextDecoder().decode(checkpoint)).epochs).toBe(best!.epochs);
    expect(score).toBeLessThan(4);
    await expect(replaySchedule([], quadratic)).rejects.toThrow(
      "replaySchedule: the schedule must have at least one part",
    );
  });
});
