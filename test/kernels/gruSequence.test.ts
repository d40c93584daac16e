import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { useBackend } from "../backend";
import { type GruSizes, gruCase } from "./cases";
import { compareWithComposed } from "./compare";

const check = (c: GruSizes) => compareWithComposed(gruCase(c));

const base: GruSizes = { bins: 5, batch: 13, inputs: 11, units: 17, reverse: false, clip: 5 };

describe.each(["cpu", "wasm"])("fused gruSequence on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<GruSizes>]>([
    ["odd sizes", {}],
    ["odd sizes, reverse", { reverse: true }],
    ["whole vectors", { inputs: 16, units: 24 }],
    ["without inputs", { inputs: 0 }],
    ["without inputs, reverse", { inputs: 0, reverse: true }],
    ["one of everything", { bins: 1, batch: 1, inputs: 1, units: 1 }],
    ["one bin, reverse", { bins: 1, reverse: true }],
    ["one trial", { batch: 1 }],
    ["more trials than are computed at a time", { batch: 101, bins: 2 }],
    ["more rows than are summed at a time", { batch: 31, bins: 19 }],
    ["active bound", { clip: 0.3 }],
    ["active bound, reverse", { clip: 0.3, reverse: true }],
    ["no bound", { clip: Infinity }],
    ["few inputs that are not zero", { density: 0.1 }],
    ["few inputs that are not zero, reverse", { density: 0.1, reverse: true, inputs: 37, units: 25 }],
    ["few of many rows", { density: 0.2, batch: 61, bins: 37 }],
    ["all inputs zero", { density: 0 }],
  ])("%s", (_, change) => check({ ...base, ...change }));

  test("random sizes", async () => {
    const sizes = fc.record({
      ...{ bins: fc.integer({ min: 1, max: 9 }), batch: fc.integer({ min: 1, max: 60 }) },
      ...{ inputs: fc.integer({ min: 0, max: 40 }), units: fc.integer({ min: 1, max: 40 }) },
      ...{ reverse: fc.boolean(), clip: fc.constantFrom(0.3, 5, Infinity) },
      density: fc.constantFrom(0.05, 0.3, 1),
    });
    await fc.assert(fc.asyncProperty(sizes, check), { seed: 1, numRuns: 30 });
  });
});
