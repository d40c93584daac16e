import {
  type DataId,
  engine,
  type KernelBackend,
  type Tensor,
  type TensorInfo,
  tensor,
} from "@tensorflow/tfjs-core";
import { Arena } from "./arena";
import { chunksOf, type Split } from "./chunks";
import type { Address, KernelExports } from "./exports";
import { KernelMemory, type Stored } from "./kernelMemory";
import { LAYOUTS, TASKS, type TaskArguments, type TaskName } from "./layouts";
import { shareClones } from "./shareClones";
import { Threads } from "./threads";

/** Where the run is that threads share, and the arguments of its task. */
const RUN = 64;
const ARGUMENTS = 128;
const MOST_ARGUMENTS = 64;

/** Blocks that belong to a tensor whose data is in the memory of a backend. */
interface Copied extends Stored {
  readonly backend: KernelBackend;
}

/**
 * The compiled kernels with their memory. In it tensors are matrices, rows padded to a multiple of eight numbers. On the wasm
 * backend results stay here until an operation of TensorFlow.js asks for them ({@link KernelMemory}); tensors of a backend are
 * copied here, and the copy is used again as long as the backend has the tensor's data.
 */
export class Machine {
  /** Multiply-adds that are worth a thread. */
  static worth = 2 ** 19;

  readonly arena: Arena;
  readonly threads: Threads;
  readonly #memory: KernelMemory;
  readonly #copies = new Map<DataId, Copied>();
  /** Blocks of the call under way. */
  readonly #blocks = new Set<Address>();

  /** @param patience milliseconds that a worker may be busy and get nothing done */
  constructor(
    readonly exports: KernelExports,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    patience = 60_000,
  ) {
    this.threads = new Threads(exports, module, memory, RUN, patience);
    this.arena = new Arena(memory, ARGUMENTS + 4 * MOST_ARGUMENTS);
    this.#memory = new KernelMemory({
      read: ({ blocks, columns }, shape) =>
        columns === null ? new Float32Array(1) : this.#numbersOf(blocks[0]!, columns, shape),
      free: (blocks) => this.#free(blocks),
      moved: (data, stored) => this.#copies.set(data, { ...stored, backend: engine().backend }),
    });
  }

  /** Runs the body of a kernel and frees the blocks it took, except those that belong to a tensor then. */
  call<T>(body: () => T): T {
    for (const [data, { backend, blocks }] of this.#copies) {
      if (backend.refCount(data) > 0) continue;
      this.#free(blocks);
      this.#copies.delete(data);
    }
    try {
      return body();
    } finally {
      for (const block of this.#blocks) this.arena.free(block);
      this.#blocks.clear();
    }
  }

  /** A block of `count` numbers, of any value. */
  block(count: number): Address {
    const address = this.arena.allocate(4 * count);
    this.#blocks.add(address);
    return address;
  }

  /** A block of zeros. */
  zeros(count: number): Address {
    const address = this.block(count);
    const rows = Math.floor(count / 1024);
    this.copyRows(address, 4096, 1024, 0, 0, 0, rows);
    this.exports.zeros(address + 4096 * rows, count - 1024 * rows);
    return address;
  }

  /** A view of the memory, valid until the next block is taken. */
  numbers(address: Address, count: number): Float32Array {
    return new Float32Array(this.arena.memory.buffer, address, count);
  }

  /** {@link numbers} in double precision. */
  doubles(address: Address, count: number): Float64Array {
    return new Float64Array(this.arena.memory.buffer, address, count);
  }

  /** {@link numbers} that are integers. */
  integers(address: Address, count: number): Int32Array {
    return new Int32Array(this.arena.memory.buffer, address, count);
  }

  /** The rows of a tensor's last axis as a matrix. Not to be changed: others may use it. */
  matrix(x: Tensor): Address {
    const width = widthOf(x.shape);
    const columns = padded(width);
    const stored = this.#stored(x);
    if (stored?.columns === columns) return stored.blocks[0]!;
    const address = this.#rows(this.flat(x), width, columns, x.size / width);
    if (!stored && this.#copies.has(x.dataId)) return address; // seen in another shape
    this.#blocks.delete(address);
    if (this.#memory.get(x.dataId)) this.#memory.replace(x.dataId, { blocks: [address], columns });
    else {
      if (stored) this.#free(stored.blocks);
      this.#copies.set(x.dataId, { blocks: [address], columns, backend: engine().backend });
      this.#share();
    }
    return address;
  }

  /** The numbers of a tensor one after the other. Not to be changed, and not to be asked for after the tensor's matrix. */
  flat(x: Tensor): Address {
    const width = widthOf(x.shape);
    const stored = this.#stored(x);
    if (stored) return this.#rows(stored.blocks[0]!, stored.columns!, width, x.size / width);
    const address = this.block(x.size);
    this.numbers(address, x.size).set(valuesOf(x));
    return address;
  }

  /** Numbers from row to row of a tensor as it lies in this memory: the width of its rows, or that padded. */
  columnsOf(x: Tensor): number {
    return this.#stored(x)?.columns ?? widthOf(x.shape);
  }

  /** Blocks with the numbers of a tensor, if its rows are those that they were stored as. */
  #stored(x: Tensor): Stored | null {
    const copied = this.#copies.get(x.dataId);
    const stored = this.#memory.get(x.dataId) ?? (copied?.backend === engine().backend ? copied : null);
    const width = widthOf(x.shape);
    return stored?.columns === width || stored?.columns === padded(width) ? stored : null;
  }

  /** {@link matrix}, a copy of one's own. */
  copy(x: Tensor): Address {
    const width = widthOf(x.shape);
    const stored = this.#stored(x);
    const target = this.block((x.size / width) * padded(width));
    this.copyRows(
      target,
      4 * padded(width),
      padded(width),
      stored?.blocks[0] ?? this.flat(x),
      4 * (stored?.columns ?? width),
      width,
      x.size / width,
    );
    return target;
  }

  /** Tensors of the same rows and `width` columns side by side in one matrix, each padded; null for zeros. */
  sideBySide(tensors: readonly (Tensor | null)[], rows: number, width: number): Address {
    const [own, columns] = [padded(width), padded(width) * tensors.length];
    const target = this.block(rows * columns);
    tensors.forEach((x, i) => {
      const to = target + 4 * i * own;
      const [source, used] = x ? [this.flat(x), width] : [target, 0];
      this.copyRows(to, 4 * columns, own, source, 4 * width, used, rows);
    });
    return target;
  }

  /** Writes the numbers of a tensor one after the other. */
  write(address: Address, x: Tensor): void {
    const stored = this.#stored(x);
    if (!stored) this.numbers(address, x.size).set(valuesOf(x));
    else {
      const width = widthOf(x.shape);
      const step = 4 * stored.columns!;
      this.copyRows(address, 4 * width, width, stored.blocks[0]!, step, width, x.size / width);
    }
  }

  /** See `assembly/pack.ts`; in threads if there is much to copy. */
  copyRows(...all: Parameters<KernelExports["copyRows"]>): void {
    const [target, targetStep, columns, source, sourceStep, width, rows] = all;
    if (16 * rows * columns < Machine.worth) this.exports.copyRows(...all);
    else {
      const args = { target, targetStep, columns, source, sourceStep, width };
      this.run("copyAll", args, { count: rows, cost: 4 * columns });
    }
  }

  /** Rows of `width` numbers as a matrix; the block itself if there is nothing to pad. */
  pad(source: Address, rows: number, width: number): Address {
    return this.#rows(source, width, padded(width), rows);
  }

  /** Rows with other distances; the block itself if they are the same. */
  #rows(source: Address, from: number, to: number, rows: number): Address {
    if (from === to) return source;
    const target = this.block(rows * to);
    this.copyRows(target, 4 * to, to, source, 4 * from, Math.min(from, to), rows);
    return target;
  }

  /**
   * A tensor made of a matrix, which belongs to it from now on.
   * @param address of a block of its own
   * @param columns numbers from row to row
   */
  tensor(address: Address, shape: readonly number[], columns = padded(widthOf(shape))): Tensor {
    const stored = { blocks: [address], columns };
    this.#blocks.delete(address);
    if (isHeapBackend(engine().backend)) {
      this.#share();
      return this.#memory.tensor(stored, shape);
    }
    const x = tensor(this.#numbersOf(address, columns, shape), [...shape], "float32");
    this.#copies.set(x.dataId, { ...stored, backend: engine().backend });
    return x;
  }

  /** A tensor made of the first columns of a matrix that is `columns` wide, or of numbers one after the other. */
  columns(address: Address, columns: number, shape: readonly number[]): Tensor {
    const width = widthOf(shape);
    const size = shape.reduce((product, n) => product * n, 1);
    const own = this.block(size);
    this.copyRows(own, 4 * width, width, address, 4 * columns, width, size / width);
    return this.tensor(own, shape, width);
  }

  #numbersOf(address: Address, columns: number, shape: readonly number[]): Float32Array<ArrayBuffer> {
    const width = widthOf(shape);
    const size = shape.reduce((product, n) => product * n, 1);
    const flat = this.#rows(address, columns, width, size / width);
    const numbers = this.numbers(flat, size).slice();
    if (flat !== address) this.#free([flat]);
    return numbers;
  }

  /** A tensor that stands for blocks: they live as long as it does. */
  holder(blocks: readonly Address[]): Tensor {
    for (const block of blocks) this.#blocks.delete(block);
    this.#share();
    return this.#memory.tensor({ blocks, columns: null }, []);
  }

  /** The blocks that `x` stands for. */
  held(x: Tensor): readonly Address[] {
    const stored = this.#memory.get(x.dataId);
    if (!stored) throw new Error("kernels: a gradient must run on the kernels that the operation ran on");
    return stored.blocks;
  }

  #free(blocks: readonly Address[]): void {
    for (const block of blocks) {
      this.#blocks.delete(block);
      this.arena.free(block);
    }
  }

  /** Without this the tensors that a tape keeps would be copies with data of their own. */
  #share(): void {
    shareClones(engine().backendName);
  }

  /**
   * Runs a task on all rows of its result.
   * @param scratch numbers of scratch memory for a chunk
   */
  run<Name extends TaskName>(
    task: Name,
    args: TaskArguments<Name>,
    { scratch = 0, ...split }: Split & { readonly scratch?: number },
  ): void {
    const step = Math.ceil(scratch / 16) * 16;
    const space = this.block(step * this.threads.all);
    const values = this.integers(ARGUMENTS, MOST_ARGUMENTS);
    LAYOUTS[TASKS[task]].forEach((field, i) => {
      values[i] = (args as Readonly<Record<string, number>>)[field] ?? 0;
    });
    this.threads.start({
      ...{ task, args: ARGUMENTS, rows: split.count, ...chunksOf(split, this.threads.ready, Machine.worth) },
      ...{ scratch: space, scratchStep: 4 * step },
    });
  }
}

/** The width that rows of `n` numbers are padded to. */
export function padded(n: number): number {
  return Math.ceil(n / 8) * 8;
}

function widthOf(shape: readonly number[]): number {
  return shape.at(-1) ?? 1;
}

/** The bits of a float32 number, as an argument of a task. */
export function bits(x: number): number {
  return new Int32Array(Float32Array.of(x).buffer)[0]!;
}

/** The wasm backend, which keeps tensors in the memory of its module. */
interface HeapBackend extends KernelBackend {
  typedArrayFromHeap(x: TensorInfo): ArrayLike<number>;
}

function isHeapBackend(backend: KernelBackend): backend is HeapBackend {
  return "typedArrayFromHeap" in backend;
}

function valuesOf(x: Tensor): ArrayLike<number> {
  const { backend } = engine();
  return isHeapBackend(backend)
    ? backend.typedArrayFromHeap(x)
    : (backend.readSync(x.dataId) as Float32Array);
}
