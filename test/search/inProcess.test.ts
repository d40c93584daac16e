import { describe, expect, test, vi } from "vitest";
import type { JobProgress, Trainer } from "../../src/search/executor";
import { inProcess } from "../../src/search/executors/inProcess";
import { checkpointKey, MissingCheckpoint } from "../../src/search/runJob";
import type { Job } from "../../src/search/scheduler";
import { checkedStore } from "../../src/search/stores/checkedStore";
import { memoryStore } from "../../src/search/stores/memoryStore";

const job = (member: number, parent: Job["parent"] = null): Job => ({
  member,
  generation: parent ? parent.generation + 1 : 0,
  hyperparameters: { rate: 0.5 },
  parent,
  epochs: 2,
});
const quiet = () => ({ signal: new AbortController().signal, onProgress: () => {} });

/** A trainer whose jobs end when they are told to. */
function heldTrainer() {
  const running = new Map<number, () => void>();
  const trainer: Trainer = ({ member }, _, { signal }) =>
    new Promise((resolve, reject) => {
      running.set(member, () => resolve({ checkpoint: new Uint8Array([member]), score: member }));
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  return { trainer, running };
}

/** Waits until just these members are or have been at work. */
const begun = (running: ReadonlyMap<number, unknown>, ...members: number[]) =>
  vi.waitFor(() => expect([...running.keys()]).toEqual(members), { timeout: 60_000, interval: 5 });

describe("inProcess", () => {
  test("a job takes its parent's checkpoint from the store and leaves its own there", async () => {
    const store = memoryStore();
    const trainer: Trainer = async ({ epochs, hyperparameters }, before, { onProgress }) => {
      onProgress({ epoch: 1, epochs });
      const sum = (before?.[0] ?? 0) + 10;
      return {
        checkpoint: new Uint8Array([sum]),
        score: sum * Number(hyperparameters.rate),
        metrics: { sum },
      };
    };
    const executor = inProcess({ trainer, store });
    const heard: JobProgress[] = [];
    const context = { ...quiet(), onProgress: (progress: JobProgress) => heard.push(progress) };
    expect(await executor.run(job(3), context)).toEqual({ score: 5, metrics: { sum: 10 } });
    expect(await executor.run(job(1, { member: 3, generation: 0 }), quiet())).toEqual({
      score: 10,
      metrics: { sum: 20 },
    });
    expect(await checkedStore(store).get(checkpointKey({ member: 1, generation: 1 }))).toEqual(
      new Uint8Array([20]),
    );
    expect(heard).toEqual([{ epoch: 1, epochs: 2 }]);
    const missing = executor.run(job(1, { member: 0, generation: 4 }), quiet());
    await expect(missing).rejects.toThrow(MissingCheckpoint);
    await expect(missing).rejects.toThrow("runJob: there is no checkpoint of member 0 after generation 4");
  });

  test("runs at most `size` jobs at once, the others in their order", async () => {
    const { trainer, running } = heldTrainer();
    const executor = inProcess({ trainer, store: memoryStore() }, { size: 2 });
    const results = [0, 1, 2, 3].map((member) => executor.run(job(member), quiet()));
    await begun(running, 0, 1);
    running.get(1)!();
    await results[1];
    await begun(running, 0, 1, 2);
    running.get(0)!();
    running.get(2)!();
    await begun(running, 0, 1, 2, 3);
    running.get(3)!();
    expect((await Promise.all(results)).map(({ score }) => score)).toEqual([0, 1, 2, 3]);
  });

  test("a job that fails, or is aborted, makes place for the next", async () => {
    const { trainer, running } = heldTrainer();
    const executor = inProcess({ trainer, store: memoryStore() });
    const abort = new AbortController();
    const first = executor.run(job(0), { ...quiet(), signal: abort.signal });
    const waiting = new AbortController();
    const second = executor.run(job(1), { ...quiet(), signal: waiting.signal });
    const third = executor.run(job(2), quiet());
    await begun(running, 0);
    waiting.abort(new Error("not any more"));
    await expect(second).rejects.toThrow("not any more");
    abort.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await expect(executor.run(job(4), { ...quiet(), signal: abort.signal })).rejects.toThrow("enough");
    await begun(running, 0, 2);
    running.get(2)!();
    expect(await third).toEqual({ score: 2 });
    expect([...running.keys()]).toEqual([0, 2]);
  });

  test("closed, it takes no job any more", async () => {
    const { trainer, running } = heldTrainer();
    const executor = inProcess({ trainer, store: memoryStore() });
    const first = executor.run(job(0), quiet());
    const second = executor.run(job(1), quiet());
    await begun(running, 0);
    await executor.close();
    await expect(second).rejects.toThrow("inProcess: this executor has been closed");
    await expect(executor.run(job(2), quiet())).rejects.toThrow("inProcess: this executor has been closed");
    running.get(0)!();
    expect(await first).toEqual({ score: 0 });
  });

  test.each([0, 1.5, Number.NaN])("refuses the size %d", (size) => {
    const { trainer } = heldTrainer();
    expect(() => inProcess({ trainer, store: memoryStore() }, { size })).toThrow(
      `inProcess: size must be a positive integer, got ${size}`,
    );
  });
});
