import type { Reply, Request } from "./messages";

/** The worker as the page sees it: replaced, with the data loaded again, when it is of no use any more. */
export class Client {
  readonly #onReply: (reply: Reply) => void;
  #worker: Worker;
  #load: Request | null = null;

  constructor(onReply: (reply: Reply) => void) {
    this.#onReply = onReply;
    this.#worker = this.#start();
  }

  ask(request: Request): void {
    if (request.type === "load") this.#load = request;
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      this.#onReply(data);
      if (data.type === "failed" && data.lost) this.#replace();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const message = event.message || "the worker could not be started";
      this.#onReply({ type: "failed", doing: "start", message, lost: event.message !== "" });
      if (event.message) this.#replace();
    };
    return worker;
  }

  #replace(): void {
    this.#worker.terminate();
    this.#worker = this.#start();
    if (this.#load) this.ask(this.#load);
  }
}
