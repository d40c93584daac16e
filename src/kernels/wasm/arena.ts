const PAGE = 65536;
const ALIGNMENT = 64;

/**
 * Blocks of a WebAssembly memory. Freed blocks join their neighbours and are used again, lowest address first: a training that
 * repeats its steps takes the same addresses in every step, and the memory stays as large as the first step made it.
 */
export class Arena {
  /** Free blocks in the order of their addresses; what lies beyond the last is free as well. */
  #free: { start: number; end: number }[] = [];
  readonly #sizes = new Map<number, number>();
  #end: number;

  /** @param start first address to use */
  constructor(
    readonly memory: WebAssembly.Memory,
    start: number,
  ) {
    this.#end = align(start);
  }

  /** Bytes in use. */
  get used(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Address of a new block; its contents are undefined. Views of the memory may end here. */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, align(bytes));
    const index = this.#free.findIndex(({ start, end }) => end - start >= size);
    const block = this.#free[index];
    const address = block ? block.start : this.#extend(size);
    if (block) {
      block.start += size;
      if (block.start === block.end) this.#free.splice(index, 1);
    }
    this.#sizes.set(address, size);
    return address;
  }

  /** @throws if no block starts there */
  free(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new Error(`Arena.free: no block starts at ${address}`);
    this.#sizes.delete(address);
    const end = address + size;
    const next = this.#free.findIndex(({ start }) => start > address);
    const index = next < 0 ? this.#free.length : next;
    const [before, after] = [this.#free[index - 1], this.#free[index]];
    if (before?.end === address) {
      before.end = end;
      if (after?.start === end) {
        before.end = after.end;
        this.#free.splice(index, 1);
      }
    } else if (after?.start === end) after.start = address;
    else this.#free.splice(index, 0, { start: address, end });
    const last = this.#free.at(-1);
    if (last?.end === this.#end) {
      this.#end = last.start;
      this.#free.pop();
    }
  }

  #extend(size: number): number {
    const address = this.#end;
    const missing = address + size + ALIGNMENT - this.memory.buffer.byteLength; // reads may go a little beyond a block
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    this.#end += size;
    return address;
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
