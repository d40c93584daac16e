import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { useBackend } from "../backend";
import { type DecoderSizes, decoderCase } from "./cases";
import { compareWithComposed } from "./compare";

const check = (c: DecoderSizes) => compareWithComposed(decoderCase(c));

const plain: DecoderSizes = {
  ...{ bins: 4, batch: 7, encoded: 10, con: 9, outputs: 3, gen: 13, factors: 11, external: 0 },
  ...{ noise: false, factorMask: false, generatorMask: false, clip: 5 },
};
const full: DecoderSizes = { ...plain, external: 2, noise: true, factorMask: true, generatorMask: true };

describe.each(["cpu", "wasm"])("fused decoderSequence on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, DecoderSizes]>([
    ["nothing optional", plain],
    ["noise", { ...plain, noise: true }],
    ["external inputs", { ...plain, external: 1 }],
    ["mask of the factors", { ...plain, factorMask: true }],
    ["mask of the generator states", { ...plain, generatorMask: true }],
    ["everything", full],
    ["whole vectors", { ...full, encoded: 16, con: 8, outputs: 8, gen: 16, factors: 24, external: 8 }],
    ["one of everything", { ...full, bins: 1, batch: 1, encoded: 1, con: 1, outputs: 1, gen: 1, factors: 1 }],
    ["a controller wider than the generator", { ...full, con: 21, gen: 5, factors: 30 }],
    ["one bin", { ...full, bins: 1 }],
    ["one trial", { ...full, batch: 1 }],
    ["more trials than are computed at a time", { ...full, batch: 101 }],
    ["active bound", { ...full, clip: 0.4 }],
    ["no bound", { ...full, clip: Infinity }],
  ])("%s", (_, c) => check(c));

  test("random sizes", async () => {
    const width = fc.integer({ min: 1, max: 25 });
    const cases = fc.record({
      ...{ bins: fc.integer({ min: 1, max: 6 }), batch: fc.integer({ min: 1, max: 55 }) },
      ...{ encoded: width, con: width, outputs: fc.integer({ min: 1, max: 9 }), gen: width, factors: width },
      ...{ external: fc.integer({ min: 0, max: 9 }), noise: fc.boolean() },
      ...{ factorMask: fc.boolean(), generatorMask: fc.boolean(), clip: fc.constantFrom(0.4, 5, Infinity) },
    });
    await fc.assert(fc.asyncProperty(cases, check), { seed: 3, numRuns: 20 });
  });
});
