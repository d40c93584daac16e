import { afterEach, describe, expect, test } from "vitest";
import { commands } from "vitest/browser";
import { type Executor, inProcess, memoryStore, type Store, webWorkers } from "../../src/search";
import { digestOf, type Platform, smallSearch, smallTrainer } from "./search";

const WASM: Platform = { backend: "wasm", path: "simd", threads: 1 };

let executor: Executor;
let workers: Worker[];
afterEach(() => executor.close());

/** Runs the search in two workers. */
function search(data: Platform, store: Store, signal = new AbortController().signal) {
  workers = [];
  const create = () => {
    const worker = new Worker(new URL("./searchWorker.ts", import.meta.url), { type: "module" });
    workers.push(worker);
    return worker;
  };
  executor = webWorkers({ create, size: 2, data, store });
  return smallSearch({ executor, store, signal });
}

/** A store that acts once when a job of the second of three generations is about to end: its worker waits for the answer. */
function inMidSearch(act: () => void): Store {
  const store = memoryStore();
  let acted = false;
  return {
    ...store,
    async put(key, bytes) {
      if (!acted && key.startsWith("checkpoints/1/")) {
        acted = true;
        act();
      }
      await store.put(key, bytes);
    },
  };
}

describe.each<Platform>([
  WASM,
  { backend: "wasm", path: "relaxed-simd", threads: 2 },
  { backend: "cpu", path: "simd", threads: 1 },
])("a population on $backend, $path, $threads threads", (platform) => {
  test("ends in a page and in Web Workers as it does in Node", async () => {
    const inNode = await commands.inNode("searchInNode.ts", JSON.stringify(platform));
    const store = memoryStore();
    const here = inProcess({ trainer: await smallTrainer(platform), store });
    expect(digestOf(await smallSearch({ executor: here, store }))).toBe(inNode);
    expect(digestOf(await search(platform, memoryStore()))).toBe(inNode);
    expect(workers).toHaveLength(2);
  });
});

describe("a population in Web Workers", () => {
  test("ends as if nothing had been when workers are terminated in the middle", async () => {
    const inNode = await commands.inNode("searchInNode.ts", JSON.stringify(WASM));
    const store = inMidSearch(() => {
      for (const worker of workers) worker.terminate();
    });
    expect(digestOf(await search(WASM, store))).toBe(inNode);
    expect(workers.length).toBeGreaterThan(2);
  });

  test("goes on after it was cancelled in the middle", async () => {
    const inNode = await commands.inNode("searchInNode.ts", JSON.stringify(WASM));
    const abort = new AbortController();
    const store = inMidSearch(() => abort.abort());
    const { reason, records } = await search(WASM, store, abort.signal);
    expect(reason).toBe("aborted");
    expect(records.length).toBeLessThan(9);
    await executor.close();
    expect(digestOf(await search(WASM, store))).toBe(inNode);
  });
});
