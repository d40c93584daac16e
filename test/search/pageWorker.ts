import { Worker as Thread } from "node:worker_threads";

/** What pages have for workers, as far as it is used, made of a thread of Node whose script is in TypeScript. */
export class PageWorker implements Pick<Worker, "postMessage" | "terminate"> {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly #thread: Thread;

  constructor(script: URL) {
    this.#thread = new Thread(script, {
      execArgv: ["--import", new URL("typescript.mjs", import.meta.url).href],
    });
    this.#thread.on("message", (data) => this.onmessage?.({ data }));
    this.#thread.on("error", (error: Error) => this.onerror?.({ message: error.message }));
  }

  postMessage(message: unknown): void {
    this.#thread.postMessage(message);
  }

  terminate(): void {
    void this.#thread.terminate();
  }
}
