import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { joinBins } from "../../src/ops";
import { useBackend } from "../backend";
import { randomValues } from "../ops/differences";
import { compareWithComposed } from "./compare";

describe.each(["cpu", "wasm"])("fused joinBins on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("random sizes and places", async () => {
    const sizes = fc.record({
      ...{ bins: fc.integer({ min: 1, max: 9 }), batch: fc.integer({ min: 1, max: 20 }) },
      widths: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })),
      ...{ lag: fc.nat(3), before: fc.nat(4), after: fc.nat(4) },
    });
    const property = fc.asyncProperty(sizes, ({ bins, batch, widths, before, after, ...c }) => {
      const lag = Math.min(c.lag, bins);
      const count = bins - lag;
      const places = {
        first: { from: 0, to: before + lag, count },
        second: { from: lag, to: before, count },
      };
      return compareWithComposed(
        ({ a, b }) => ({ y: joinBins({ first: a!, second: b! }, places, before + bins + after) }),
        { a: randomValues("a", [bins, batch, widths[0]]), b: randomValues("b", [bins, batch, widths[1]]) },
        1e-7,
      );
    });
    await fc.assert(property, { seed: 1, numRuns: 40 });
  });
});
