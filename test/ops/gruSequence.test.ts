import { tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { gruSequence } from "../../src/ops";
import { useBackend } from "../backend";
import { checkGradients, type Named, randomValues, type Values } from "./differences";
import { gruSequence as reference } from "./gruReference";

interface Case {
  readonly bins: number;
  readonly batch: number;
  /** 0 = a cell without inputs. */
  readonly inputs: number;
  readonly units: number;
  readonly reverse: boolean;
  readonly clip: number;
}

function inputsOf({ bins, batch, inputs, units }: Case): Named<Values> {
  return {
    weightHh: randomValues("hh", [3 * units, units], 0.8),
    bias: randomValues("bias", [3 * units]),
    h0: randomValues("h0", [batch, units]),
    ...(inputs > 0 && {
      x: randomValues("x", [bins, batch, inputs]),
      weightIh: randomValues("ih", [3 * units, inputs], 0.7),
    }),
  };
}

function check(c: Case): void {
  const { clip, reverse, bins } = c;
  checkGradients(
    ({ x, h0, weightHh, bias, weightIh }) => ({
      states: gruSequence(x ?? null, { weightIh, weightHh: weightHh!, bias: bias! }, h0!, {
        clip,
        reverse,
        ...(!x && { bins }),
      }),
    }),
    (values) => ({ states: reference(values, { clip, reverse, bins }) }),
    inputsOf(c),
  );
}

const base: Case = { bins: 4, batch: 3, inputs: 2, units: 3, reverse: false, clip: 5 };

describe.each(["cpu", "wasm"])("gruSequence on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<Case>]>([
    ["forward", {}],
    ["reverse", { reverse: true }],
    ["without inputs", { inputs: 0 }],
    ["without inputs, reverse", { inputs: 0, reverse: true }],
    ["one bin", { bins: 1 }],
    ["one bin, reverse", { bins: 1, reverse: true }],
    ["one trial", { batch: 1 }],
    ["one unit, one input", { units: 1, inputs: 1 }],
    ["one of everything", { units: 1, inputs: 1, batch: 1, bins: 1 }],
    ["no bound", { clip: Infinity }],
    ["active bound", { clip: 0.3 }],
    ["active bound, reverse", { clip: 0.3, reverse: true }],
  ])("%s: states and gradients are those of the reference", (_, change) => check({ ...base, ...change }));

  test("random sizes", () => {
    const size = fc.integer({ min: 1, max: 5 });
    const cases = fc.record({
      ...{ bins: size, batch: size, units: size, inputs: fc.integer({ min: 0, max: 4 }) },
      ...{ reverse: fc.boolean(), clip: fc.constantFrom(0.2, 0.7, 5) },
    });
    fc.assert(fc.property(cases, check), { seed: 3, numRuns: 12 });
  });

  test("the active bound of the cases above saturates some states and leaves others", () => {
    const states = reference(inputsOf(base), { ...base, clip: 0.3 });
    const saturated = states.filter((state) => Math.abs(state) === 0.3).length;
    expect(saturated).toBeGreaterThan(5);
    expect(states.length - saturated).toBeGreaterThan(5);
  });

  test("reverse is forward on reversed bins", () => {
    const { x, h0, weightIh, weightHh, bias } = inputsOf(base) as Required<Named<Values>>;
    const t = (v: Values | undefined, data = v!.data) => tensor([...data], [...v!.shape]);
    const width = base.batch * base.inputs;
    const flipped = Array.from({ length: base.bins }, (_, i) =>
      x!.data.slice((base.bins - 1 - i) * width, (base.bins - i) * width),
    ).flat();
    tidy(() => {
      const weights = { weightIh: t(weightIh), weightHh: t(weightHh), bias: t(bias) };
      const backward = gruSequence(t(x), weights, t(h0), { reverse: true }).arraySync() as number[][][];
      const forward = gruSequence(t(x, flipped), weights, t(h0)).arraySync() as number[][][];
      expect(backward.reverse()).toEqual(forward);
    });
  });
});

describe("gruSequence refuses", () => {
  beforeAll(() => useBackend("cpu"));
  const weights = { weightIh: [6, 3], weightHh: [6, 2], bias: [6] };
  const run = (shapes: Partial<typeof weights>, x: number[] | null, h0: number[], options = {}) =>
    tidy(() => {
      const w = { ...weights, ...shapes };
      const { weightIh, weightHh, bias } = w;
      return gruSequence(
        x && zeros(x),
        { weightIh: zeros(weightIh), weightHh: zeros(weightHh), bias: zeros(bias) },
        zeros(h0),
        options,
      ).shape;
    });

  test("what does not fit, and runs what does", () => {
    expect(run({}, [4, 1, 3], [1, 2])).toEqual([4, 1, 2]);
    expect(() => run({ weightHh: [5, 2] }, [4, 1, 3], [1, 2])).toThrow(
      "gruSequence: weightHh must be [3H, H], got [5,2]",
    );
    expect(() => run({ bias: [5] }, [4, 1, 3], [1, 2])).toThrow("gruSequence: bias must be [6], got [5]");
    expect(() => run({}, [4, 1, 3], [1, 3])).toThrow("gruSequence: h0 must be [batch, 2], got [1,3]");
    expect(() => run({}, [4, 2, 3], [1, 2])).toThrow("gruSequence: x must be [bins, 1, inputs], got [4,2,3]");
    expect(() => run({}, [4, 1, 4], [1, 2])).toThrow("gruSequence: weightIh must be [6, 4], got [6,3]");
    expect(() => run({ weightIh: [5, 3] }, [4, 1, 3], [1, 2])).toThrow(
      "gruSequence: weightIh must be [6, 3], got [5,3]",
    );
  });

  test("no bins and a bound that is not positive", () => {
    expect(() => run({}, null, [1, 2])).toThrow("gruSequence: needs at least one bin, got 0");
    expect(() => run({}, [0, 1, 3], [1, 2])).toThrow("gruSequence: needs at least one bin, got 0");
    for (const clip of [0, -1, Number.NaN]) {
      expect(() => run({}, [4, 1, 3], [1, 2], { clip })).toThrow(
        `gruSequence: clip must be positive, got ${clip}`,
      );
    }
  });
});
