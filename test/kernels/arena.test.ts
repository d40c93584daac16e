import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Arena } from "../../src/kernels/wasm/arena";

const newArena = () => new Arena(new WebAssembly.Memory({ initial: 1 }), 100);

describe("Arena", () => {
  test("blocks never overlap, whatever comes and goes, and freed ones are used again", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.nat()), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (sizes) => {
        const arena = newArena();
        const blocks: { start: number; end: number }[] = [];
        for (const [size, pick] of sizes) {
          if (size < 2500 && blocks.length > 0) {
            const [block] = blocks.splice(pick % blocks.length, 1);
            arena.free(block!.start);
          } else {
            const start = arena.allocate(size);
            expect(start % 64).toBe(0);
            expect(start).toBeGreaterThanOrEqual(100);
            expect(start + size + 64).toBeLessThanOrEqual(arena.memory.buffer.byteLength);
            for (const other of blocks) expect(start + size <= other.start || start >= other.end).toBe(true);
            blocks.push({ start, end: start + size });
          }
        }
        for (const { start } of blocks) arena.free(start);
        expect(arena.used).toBe(0);
        const first = newArena().allocate(64);
        expect(arena.allocate(1e5)).toBe(first);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test("the same steps again take no more memory", () => {
    const arena = newArena();
    const step = () => {
      const blocks = [70_000, 3000, 200_000, 64].map((size) => arena.allocate(size));
      arena.free(blocks[1]!);
      const late = [100_000, 2000].map((size) => arena.allocate(size));
      for (const block of [blocks[0]!, ...late, blocks[3]!, blocks[2]!]) arena.free(block);
    };
    step();
    const { byteLength } = arena.memory.buffer;
    for (let i = 0; i < 100; i++) step();
    expect(arena.memory.buffer.byteLength).toBe(byteLength);
  });

  test("a block is freed once", () => {
    const arena = newArena();
    const block = arena.allocate(10);
    arena.free(block);
    expect(() => arena.free(block)).toThrow(`Arena.free: no block starts at ${block}`);
  });
});
