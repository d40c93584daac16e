import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Arena } from "../../src/kernels/wasm/arena";
import { useBackend } from "../backend";
import { fuzz } from "./fuzz";
import { type Guard, guardBlocks } from "./guardBlocks";
import { RANDOM_CASES } from "./randomCases";

describe.each(["cpu", "wasm"])("random shapes on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("fused kernels agree with composed operations, write where they may and keep nothing", async () => {
    const reports = await fuzz(10 * Object.keys(RANDOM_CASES).length, 1);
    expect(reports.flatMap(({ faults }) => faults)).toEqual([]);
    for (const { op, cases, worst } of reports) {
      expect(cases, op).toBe(10);
      expect(worst, op).toBeLessThanOrEqual(1e-5);
    }
  });
});

describe("the guard around blocks", () => {
  let guard: Guard;
  const write = (offset: number) => {
    guard = guardBlocks();
    const before = guard.blocks();
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 64);
    const address = arena.allocate(100);
    expect([guard.blocks() - before, address % 64]).toEqual([1, 0]);
    new Uint8Array(arena.memory.buffer)[address + offset]! = 1;
    arena.free(address);
    expect(guard.blocks()).toBe(before);
    return guard.faults;
  };
  afterEach(() => guard.remove());

  test.each([
    [-1, "byte -1 before a block of 100 bytes"],
    [-100, "byte -100 before a block of 100 bytes"],
    [100, "byte 0 behind a block of 100 bytes"],
    [140, "byte 40 behind a block of 100 bytes"],
  ])("notices a write at %d", (offset, fault) => {
    expect(write(offset)).toEqual([fault]);
  });

  test.each([0, 99])("allows one at %d", (offset) => {
    expect(write(offset)).toEqual([]);
  });
});
