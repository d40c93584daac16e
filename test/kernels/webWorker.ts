import { resolveObjectURL } from "node:buffer";
import { Worker } from "node:worker_threads";

/** What a page has for a worker, made of one of Node's: a script from an object URL that gets messages by `onmessage`. */
export class WebWorker {
  onerror: ((event: Event) => void) | null = null;
  readonly #worker: Promise<Worker>;

  constructor(url: string) {
    const source = resolveObjectURL(url)!.text();
    this.#worker = source.then((text) => {
      const listen = `require("node:worker_threads").parentPort.on("message", (data) => onmessage({ data }));`;
      const worker = new Worker(`var onmessage; ${text}; ${listen}`, { eval: true, execArgv: [] });
      worker.unref();
      worker.on("error", () => this.onerror?.(new Event("error")));
      return worker;
    });
  }

  postMessage(data: unknown): void {
    void this.#worker.then((worker) => worker.postMessage(data));
  }

  terminate(): void {
    void this.#worker.then((worker) => worker.terminate());
  }
}
