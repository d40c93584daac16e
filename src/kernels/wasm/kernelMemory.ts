import { type DataId, engine, KernelBackend, type Tensor } from "@tensorflow/tfjs-core";
import type { Address } from "./exports";

/** Blocks that belong to the data of a tensor. */
export interface Stored {
  readonly blocks: readonly Address[];
  /** Numbers from row to row of the first block if that holds the tensor's numbers. */
  readonly columns: number | null;
}

/** What the memory does with its blocks. */
interface Owner {
  /** The tensor's numbers, a copy. */
  read(stored: Stored, shape: readonly number[]): Float32Array;
  free(blocks: readonly Address[]): void;
  /** TensorFlow.js has read the data and keeps it elsewhere from now on. */
  moved(data: DataId, stored: Stored): void;
}

interface Entry {
  stored: Stored;
  readonly shape: readonly number[];
  references: number;
}

/**
 * Where results of kernels stay: a backend of TensorFlow.js without kernels. Other kernels find the results here; when an operation
 * of TensorFlow.js asks for one, the engine moves it to the backend of that operation, as it does between any two.
 */
export class KernelMemory extends KernelBackend {
  readonly #entries = new Map<DataId, Entry>();

  constructor(readonly owner: Owner) {
    super();
  }

  /** A tensor whose data is here. */
  tensor(stored: Stored, shape: readonly number[]): Tensor {
    const data: DataId = {};
    this.#entries.set(data, { stored, shape, references: 1 });
    return engine().makeTensorFromDataId(data, [...shape], "float32", this);
  }

  get(data: DataId): Stored | null {
    return this.#entries.get(data)?.stored ?? null;
  }

  /** Replaces the blocks of a tensor, freeing those it had. */
  replace(data: DataId, stored: Stored): void {
    const entry = this.#entries.get(data)!;
    this.owner.free(entry.stored.blocks);
    entry.stored = stored;
  }

  override readSync(data: DataId): Float32Array {
    const { stored, shape } = this.#entries.get(data)!;
    return this.owner.read(stored, shape);
  }

  override async read(data: DataId): Promise<Float32Array> {
    return this.readSync(data);
  }

  override refCount(data: DataId): number {
    return this.#entries.get(data)?.references ?? 0;
  }

  override incRef(data: DataId): void {
    const entry = this.#entries.get(data);
    if (entry) entry.references++;
  }

  /** @param force that is how data leaves for another backend */
  override disposeData(data: DataId, force = false): boolean {
    const entry = this.#entries.get(data);
    if (!entry) return true;
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.#entries.delete(data);
    if (force) this.owner.moved(data, entry.stored);
    else this.owner.free(entry.stored.blocks);
    return true;
  }

  override numDataIds(): number {
    return this.#entries.size;
  }

  override floatPrecision(): 32 {
    return 32;
  }
}
