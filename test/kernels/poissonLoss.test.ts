import { tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { poissonLoss } from "../../src/ops";
import { poisson, RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { randomValues, toTensor, type Values } from "../ops/differences";
import { compareWithComposed } from "./compare";

interface Case {
  readonly bins: number;
  readonly batch: number;
  readonly channels: number;
  readonly factors: number;
  /** Mean count. */
  readonly rate: number;
  readonly weights: boolean;
  /** Bins and channels that the held-out weights leave out; null for none. */
  readonly heldOut: number | null;
}

/** Sums of numbers of both signs may be small against their parts, and with them the accuracy that can be asked for. */
function positive({ data, shape }: Values): Values {
  return { data: data.map(Math.abs), shape };
}

function check({ bins, batch, channels, factors, rate, weights, heldOut }: Case): Promise<void> {
  const all = [batch, bins, channels];
  const size = batch * bins * channels;
  const counts = poisson(RandomStream.fromSeed("counts"), new Float32Array(size).fill(rate));
  const some = [batch, Math.max(1, bins - (heldOut ?? 0)), Math.max(1, channels - (heldOut ?? 0))];
  return compareWithComposed(
    (variables) => {
      const { total, heldOut: held } = poissonLoss({
        factors: variables.factors!,
        weight: variables.weight!,
        bias: variables.bias!,
        counts: tensor(counts, all as [number, number, number]),
        ...(weights && {
          lossWeight: toTensor(positive(randomValues("loss weight", all))),
          gradientMask: toTensor(randomValues("mask", all)),
        }),
        ...(heldOut !== null && { heldOutWeight: toTensor(positive(randomValues("held out", some))) }),
      });
      return { total, held };
    },
    {
      factors: randomValues("factors", [bins, batch, factors]),
      weight: randomValues("weight", [channels, factors], 1 / Math.sqrt(factors)),
      bias: randomValues("bias", [channels]),
    },
  );
}

const base: Case = { bins: 5, batch: 7, channels: 11, factors: 3, rate: 0.4, weights: false, heldOut: null };

describe.each(["cpu", "wasm"])("fused poissonLoss on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<Case>]>([
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
