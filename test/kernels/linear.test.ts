import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { useBackend } from "../backend";
import { linearCase } from "./cases";
import { compareWithComposed } from "./compare";

const check = (shape: readonly number[], outputs: number, bias: boolean) =>
  compareWithComposed(linearCase({ shape, outputs, bias }));

describe.each(["cpu", "wasm"])("fused linear on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each([
    ["odd sizes", [7, 11, 13], 9],
    ["whole vectors", [16, 24], 8],
    ["one of everything", [1, 1], 1],
    ["a vector", [5], 3],
    ["no rows", [0, 5], 3],
    ["more rows than are summed at a time", [3, 211, 5], 101],
  ] as const)("%s", async (_, shape, outputs) => {
    await check(shape, outputs, true);
    await check(shape, outputs, false);
  });

  test("random sizes", async () => {
    const sizes = fc.tuple(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
    );
    const property = fc.asyncProperty(sizes, ([shape, outputs, bias]) => check(shape, outputs, bias));
    await fc.assert(property, { seed: 2, numRuns: 30 });
  });
});
