import { Arena } from "../../src/kernels/wasm/arena";

/** Bytes before and behind every block. */
const GUARD = 128;
const MARK = 0xa5;

const { allocate, free } = Arena.prototype;
/** Bytes of the guarded blocks of every arena, by address. */
const guarded = new Map<Arena, Map<number, number>>();

/** Watch over the blocks of all arenas. */
export interface Guard {
  /** Writes beyond a block, found when it was freed. */
  readonly faults: string[];
  /** Guarded blocks in use. */
  blocks(): number;
  /** From now on blocks are not guarded. */
  remove(): void;
}

/**
 * From now on every block lies between bytes that nobody may change, and starts out as NaNs: a kernel that writes outside
 * or counts on what it has not written is found out.
 */
export function guardBlocks(): Guard {
  const faults: string[] = [];
  Arena.prototype.allocate = function (bytes) {
    const address = allocate.call(this, bytes + 2 * GUARD) + GUARD;
    const memory = new Uint8Array(this.memory.buffer);
    memory.fill(MARK, address - GUARD, address + bytes + GUARD);
    memory.fill(0xff, address, address + bytes);
    const own = guarded.get(this) ?? new Map<number, number>();
    guarded.set(this, own.set(address, bytes));
    return address;
  };
  // Stays when the guards are gone, for the blocks that are left.
  Arena.prototype.free = function (address) {
    const bytes = guarded.get(this)?.get(address);
    if (bytes === undefined) return free.call(this, address);
    guarded.get(this)!.delete(address);
    const memory = new Uint8Array(this.memory.buffer);
    for (const [side, start, shift] of [
      ["before", address - GUARD, GUARD],
      ["behind", address + bytes, 0],
    ] as const) {
      const at = memory.subarray(start, start + GUARD).findIndex((byte) => byte !== MARK);
      if (at >= 0) faults.push(`byte ${at - shift} ${side} a block of ${bytes} bytes`);
    }
    free.call(this, address - GUARD);
  };
  return {
    faults,
    blocks: () => [...guarded.values()].reduce((sum, own) => sum + own.size, 0),
    remove: () => {
      Arena.prototype.allocate = allocate;
    },
  };
}
