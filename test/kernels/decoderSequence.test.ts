import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { type DecoderInputs, decoderSequence } from "../../src/ops";
import { useBackend } from "../backend";
import { randomValues } from "../ops/differences";
import { compareWithComposed } from "./compare";

interface Case {
  readonly bins: number;
  readonly batch: number;
  /** Widths of encoded input, controller, controller output, generator, factors, external inputs (0 = none). */
  readonly encoded: number;
  readonly con: number;
  readonly outputs: number;
  readonly gen: number;
  readonly factors: number;
  readonly external: number;
  readonly noise: boolean;
  readonly factorMask: boolean;
  readonly generatorMask: boolean;
  readonly clip: number;
}

function check(c: Case): Promise<void> {
  const { bins, batch, encoded, con, outputs, gen, factors, external } = c;
  const values = (name: string, ...shape: number[]) => ({ [name]: randomValues(name, shape) });
  /** Weights of `inputs` columns whose sums are of order one. */
  const weight = (name: string, rows: number, inputs: number) => ({
    [name]: randomValues(name, [rows, inputs], 1 / Math.sqrt(inputs)),
  });
  return compareWithComposed(
    (inputs) => ({ ...decoderSequence(inputs as unknown as DecoderInputs, c.clip) }),
    {
      ...values("controllerInput", bins, batch, encoded),
      ...weight("conWeightIh", 3 * con, encoded + factors),
      ...weight("conWeightHh", 3 * con, con),
      ...values("conBias", 3 * con),
      ...values("con0", batch, con),
      ...weight("coWeight", 2 * outputs, con),
      ...values("coBias", 2 * outputs),
      ...(c.noise && values("noise", bins, batch, outputs)),
      ...(external > 0 && values("externalInputs", bins, batch, external)),
      ...weight("genWeightIh", 3 * gen, outputs + external),
      ...weight("genWeightHh", 3 * gen, gen),
      ...values("genBias", 3 * gen),
      ...values("gen0", batch, gen),
      ...weight("facWeight", factors, gen),
      ...values("factor0", batch, factors),
      ...(c.factorMask && values("factorMask", bins, batch, factors)),
      ...(c.generatorMask && values("generatorMask", bins, batch, gen)),
    },
  );
}

const plain: Case = {
  ...{ bins: 4, batch: 7, encoded: 10, con: 9, outputs: 3, gen: 13, factors: 11, external: 0 },
  ...{ noise: false, factorMask: false, generatorMask: false, clip: 5 },
};
const full: Case = { ...plain, external: 2, noise: true, factorMask: true, generatorMask: true };

describe.each(["cpu", "wasm"])("fused decoderSequence on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Case]>([
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
