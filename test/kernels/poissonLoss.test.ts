import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { useBackend } from "../backend";
import { type PoissonSizes, poissonCase } from "./cases";
import { compareWithComposed } from "./compare";

const check = (c: PoissonSizes) => compareWithComposed(poissonCase(c));

const base: PoissonSizes = {
  bins: 5,
  batch: 7,
  channels: 11,
  factors: 3,
  rate: 0.4,
  weights: false,
  heldOut: null,
};

describe.each(["cpu", "wasm"])("fused poissonLoss on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<PoissonSizes>]>([
    ["odd sizes", {}],
    ["whole vectors", { channels: 16, factors: 8 }],
    ["one of everything", { bins: 1, batch: 1, channels: 1, factors: 1 }],
    ["large counts, beyond the table", { rate: 300 }],
    ["weights and mask", { weights: true }],
    ["held-out weights", { heldOut: 0 }],
    ["held-out weights of fewer bins and channels", { heldOut: 3, weights: true }],
    ["more rows than are computed at a time", { batch: 101 }],
  ])("%s", (_, change) => check({ ...base, ...change }));

  test("random sizes", async () => {
    const sizes = fc.record({
      ...{ bins: fc.integer({ min: 1, max: 9 }), batch: fc.integer({ min: 1, max: 40 }) },
      ...{ channels: fc.integer({ min: 1, max: 40 }), factors: fc.integer({ min: 1, max: 20 }) },
      ...{ rate: fc.constantFrom(0.1, 1, 6), weights: fc.boolean() },
      heldOut: fc.option(fc.integer({ min: 0, max: 4 })),
    });
    await fc.assert(fc.asyncProperty(sizes, check), { seed: 1, numRuns: 30 });
  });
});
