import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { gruSequence } from "../../src/ops";
import { RandomStream, uniform } from "../../src/random";
import { useBackend } from "../backend";
import { randomValues, type Values } from "../ops/differences";
import { compareWithComposed } from "./compare";

interface Case {
  readonly bins: number;
  readonly batch: number;
  /** 0 = a cell without inputs. */
  readonly inputs: number;
  readonly units: number;
  readonly reverse: boolean;
  readonly clip: number;
  /** Share of the inputs that are not zero. @default 1 */
  readonly density?: number;
}

function thinned({ data, shape }: Values, density: number): Values {
  const kept = uniform(RandomStream.fromSeed("kept"), data.length);
  return { data: data.map((x, i) => (kept[i]! < density ? x : 0)), shape };
}

function check({ bins, batch, inputs, units, reverse, clip, density = 1 }: Case): Promise<void> {
  return compareWithComposed(
    ({ x, h0, weightHh, bias, weightIh }) => ({
      states: gruSequence(x ?? null, { weightIh, weightHh: weightHh!, bias: bias! }, h0!, {
        clip,
        reverse,
        ...(!x && { bins }),
      }),
    }),
    {
      weightHh: randomValues("hh", [3 * units, units], 1 / Math.sqrt(units)),
      bias: randomValues("bias", [3 * units]),
      h0: randomValues("h0", [batch, units]),
      ...(inputs > 0 && {
        x: thinned(randomValues("x", [bins, batch, inputs]), density),
        weightIh: randomValues("ih", [3 * units, inputs], 1 / Math.sqrt(inputs)),
      }),
    },
  );
}

const base: Case = { bins: 5, batch: 13, inputs: 11, units: 17, reverse: false, clip: 5 };

describe.each(["cpu", "wasm"])("fused gruSequence on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<Case>]>([
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
