import {
  engine,
  type KernelBackend,
  scalar,
  type Tensor,
  type TensorInfo,
  tensor,
} from "@tensorflow/tfjs-core";
import { Arena } from "./arena";
import { chunksOf, type Split } from "./chunks";
import type { Address, KernelExports } from "./exports";
import { LAYOUTS, TASKS, type TaskArguments, type TaskName } from "./layouts";
import { shareClones } from "./shareClones";
import { Threads } from "./threads";

/** Where the run is that threads share, and the arguments of its task. */
const RUN = 64;
const ARGUMENTS = 128;
const MOST_ARGUMENTS = 64;

/** What belongs to the data of a tensor. */
interface Owned {
  readonly backend: KernelBackend;
  readonly blocks: readonly Address[];
  /** Numbers from row to row of the first block if that is a copy of the tensor. */
  readonly columns: number | null;
}

/**
 * The compiled kernels with their memory. Tensors are copied into it as matrices, rows padded to a multiple of eight
 * numbers, and results are copied out. A copy that lies there already, because an earlier kernel made the tensor or has seen it, is used
 * again. What belongs to a tensor is freed once TensorFlow.js has freed the tensor's data.
 */
export class Machine {
  readonly arena: Arena;
  readonly threads: Threads;
  readonly #owned = new Map<object, Owned>();
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
  }

  /** Runs the body of a kernel and frees the blocks it took, except those that belong to a tensor then. */
  call<T>(body: () => T): T {
    for (const [data, { backend, blocks }] of this.#owned) {
      if (backend.refCount(data) > 0) continue;
      for (const block of blocks) this.arena.free(block);
      this.#owned.delete(data);
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
    this.numbers(address, count).fill(0);
    return address;
  }

  /** A view of the memory, valid until the next block is taken. */
  numbers(address: Address, count: number): Float32Array {
    return new Float32Array(this.arena.memory.buffer, address, count);
  }

  /** {@link numbers} that are integers. */
  integers(address: Address, count: number): Int32Array {
    return new Int32Array(this.arena.memory.buffer, address, count);
  }

  /** The rows of a tensor's last axis as a matrix. Not to be changed: others may use it. */
  matrix(x: Tensor): Address {
    const width = widthOf(x.shape);
    const source = this.#resident(x);
    if (source?.columns === padded(width)) return source.address;
    if (source && source.columns !== width) return this.copy(x); // seen in another shape
    const address = this.pad(source?.address ?? this.upload(x), x.size / width, width);
    if (source) this.arena.free(source.address);
    this.own(x, [address], padded(width));
    return address;
  }

  #resident(x: Tensor): { address: Address; columns: number } | null {
    const owned = this.#owned.get(x.dataId);
    if (!owned || owned.columns === null || owned.backend !== engine().backend) return null;
    return { address: owned.blocks[0]!, columns: owned.columns };
  }

  /** {@link matrix}, a copy of one's own. */
  copy(x: Tensor): Address {
    const width = widthOf(x.shape);
    return this.pad(this.upload(x), x.size / width, width);
  }

  /** Tensors of the same rows side by side in one matrix, each padded. */
  sideBySide(tensors: readonly Tensor[]): Address {
    const widths = tensors.map((x) => widthOf(x.shape));
    const columns = widths.reduce((sum, width) => sum + padded(width), 0);
    const rows = tensors[0]!.size / widths[0]!;
    const target = this.block(rows * columns);
    let column = 0;
    tensors.forEach((x, i) => {
      const width = widths[i]!;
      this.exports.copyRows(
        target + 4 * column,
        4 * columns,
        padded(width),
        this.upload(x),
        4 * width,
        width,
        rows,
      );
      column += padded(width);
    });
    return target;
  }

  /** The numbers of a tensor as they are. */
  upload(x: Tensor): Address {
    const address = this.block(x.size);
    this.numbers(address, x.size).set(valuesOf(x));
    return address;
  }

  /** Rows of `width` numbers as a matrix; the block itself if there is nothing to pad. */
  pad(source: Address, rows: number, width: number): Address {
    const columns = padded(width);
    if (columns === width) return source;
    const target = this.block(rows * columns);
    this.exports.copyRows(target, 4 * columns, columns, source, 4 * width, width, rows);
    return target;
  }

  /**
   * A tensor made of a matrix, which belongs to it from now on.
   * @param address of a block of its own
   * @param columns numbers from row to row
   */
  tensor(address: Address, shape: readonly number[], columns = padded(widthOf(shape))): Tensor {
    const x = this.columns(address, columns, shape);
    this.own(x, [address], columns);
    return x;
  }

  /** A tensor made of the first columns of a matrix that is `columns` wide. */
  columns(address: Address, columns: number, shape: readonly number[]): Tensor {
    const width = widthOf(shape);
    const size = shape.reduce((product, n) => product * n, 1);
    let source = address;
    if (columns !== width) {
      source = this.block(size);
      this.exports.copyRows(source, 4 * width, width, address, 4 * columns, width, size / width);
    }
    return this.download(source, shape);
  }

  /** The numbers of a block as a tensor. */
  download(address: Address, shape: readonly number[]): Tensor {
    const size = shape.reduce((product, n) => product * n, 1);
    const view = this.numbers(address, size);
    // The wasm backend copies what it is given, the cpu backend keeps it.
    return tensor(isHeapBackend(engine().backend) ? view : view.slice(), [...shape], "float32");
  }

  /** A tensor that stands for blocks: they live as long as it does. */
  holder(blocks: readonly Address[]): Tensor {
    const x = scalar(0);
    this.own(x, blocks, null);
    return x;
  }

  /** The blocks that `x` stands for. */
  held(x: Tensor): readonly Address[] {
    const owned = this.#owned.get(x.dataId);
    if (!owned) throw new Error("kernels: a gradient must run on the backend that the operation ran on");
    return owned.blocks;
  }

  /** Gives blocks to a tensor. */
  own(x: TensorInfo, blocks: readonly Address[], columns: number | null): void {
    const { backend, backendName } = engine();
    // Without this the tensors that a tape keeps would have other data, and `x` would be gone when its gradient is due.
    if (isHeapBackend(backend)) shareClones(backendName);
    for (const block of blocks) this.#blocks.delete(block);
    this.#owned.set(x.dataId, { backend, blocks, columns });
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
      ...{ task, args: ARGUMENTS, rows: split.count, ...chunksOf(split, this.threads.ready) },
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
