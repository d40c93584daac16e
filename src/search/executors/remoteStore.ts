import type { Store } from "../store";
import type { FromWorker, StoreCall, ToWorker } from "./protocol";
import { receiveError, sendError } from "./protocol";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** In a worker: the store of whoever started it. */
export class RemoteStore implements Store {
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(readonly post: (message: FromWorker) => void) {}

  get(key: string): Promise<Uint8Array | null> {
    return this.#call({ method: "get", args: [key] });
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    // A part of a buffer would be sent with the whole buffer.
    const whole = bytes.byteLength === bytes.buffer.byteLength;
    return this.#call({ method: "put", args: [key, whole ? bytes : bytes.slice()] });
  }

  list(prefix: string): Promise<readonly string[]> {
    return this.#call({ method: "list", args: [prefix] });
  }

  delete(key: string): Promise<void> {
    return this.#call({ method: "delete", args: [key] });
  }

  hear(message: Extract<ToWorker, { type: "answer" | "refusal" }>): void {
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if (message.type === "answer") waiting?.resolve(message.value);
    else waiting?.reject(receiveError(message.error));
  }

  /** The caller answers with what its store gives. */
  #call<Value>(call: StoreCall): Promise<Value> {
    const id = ++this.#calls;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.post({ type: "store", call: id, ...call });
    }) as Promise<Value>;
  }
}

/** At the caller: what its store gives, as a message. Never throws. */
export async function answer(store: Store, call: number, asked: StoreCall): Promise<ToWorker> {
  try {
    return { type: "answer", call, value: await ask(store, asked) };
  } catch (error) {
    return { type: "refusal", call, error: sendError(error) };
  }
}

function ask(store: Store, { method, args }: StoreCall): Promise<unknown> {
  switch (method) {
    case "get":
      return store.get(...args);
    case "put":
      return store.put(...args);
    case "list":
      return store.list(...args);
    case "delete":
      return store.delete(...args);
  }
}
