import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { useBackend } from "../backend";
import { joinCase } from "./cases";
import { compareWithComposed } from "./compare";

describe.each(["cpu", "wasm"])("fused joinBins on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("random sizes and places", async () => {
    const sizes = fc.record({
      ...{ bins: fc.integer({ min: 1, max: 9 }), batch: fc.integer({ min: 1, max: 20 }) },
      widths: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })),
      ...{ lag: fc.nat(3), before: fc.nat(4), after: fc.nat(4) },
    });
    const property = fc.asyncProperty(sizes, (c) => compareWithComposed(joinCase(c), 1e-7));
    await fc.assert(property, { seed: 1, numRuns: 40 });
  });
});
