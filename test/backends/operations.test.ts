import { afterEach, describe, expect, test } from "vitest";
import { useBackend } from "../backend";
import {
  decoderCase,
  divergencesCase,
  gruCase,
  joinCase,
  linearCase,
  maskCase,
  normsCase,
  type OpCase,
  odeCase,
  poissonCase,
  posteriorCase,
} from "../kernels/cases";
import { type Computed, computeLater } from "../kernels/compute";
import { relativeError } from "../ops/values";
import { BACKEND, takeErrors, useOwnBackend } from "./context";

const CASES: Readonly<Record<string, OpCase>> = {
  linear: linearCase({ shape: [3, 5, 7], outputs: 6, bias: true }),
  gruSequence: gruCase({ bins: 5, batch: 3, inputs: 4, units: 6, reverse: false, clip: 1 }),
  "gruSequence, backwards, without inputs": gruCase({
    ...{ bins: 4, batch: 2, inputs: 0, units: 5, reverse: true, clip: Infinity },
  }),
  decoderSequence: decoderCase({
    ...{ bins: 4, batch: 3, encoded: 5, con: 4, outputs: 2, gen: 6, factors: 3, external: 2 },
    ...{ noise: true, factorMask: true, generatorMask: true, clip: 1 },
  }),
  odeSequence: odeCase({
    ...{ bins: 3, batch: 4, inputs: 2, size: 3, widths: [7, 5] },
    ...{ activation: "softplus", solver: "rungeKutta4", stepsPerBin: 2 },
  }),
  poissonLoss: poissonCase({
    ...{ bins: 5, batch: 3, channels: 7, factors: 4, rate: 0.7, weights: true, heldOut: 2 },
  }),
  divergences: divergencesCase({ shape: [3, 5, 4] }),
  posterior: posteriorCase({ rows: 5, size: 3 }),
  "norms of more tensors than a GPU's program takes": normsCase({
    shapes: Array.from({ length: 20 }, (_, i) => [i + 1, 3]),
  }),
  masks: maskCase({ shape: [3, 4, 5] }),
  joinBins: joinCase({ bins: 6, batch: 3, widths: [4, 3], lag: 2, before: 1, after: 2 }),
};

afterEach(() => expect(takeErrors()).toEqual([]));

describe(`operations on ${BACKEND}`, () => {
  test.for(Object.entries(CASES))(
    "%s and its gradients are those of cpu",
    async ([, { op, inputs }], { task }) => {
      await useBackend("cpu");
      const expected = await computeLater(op, inputs);
      await useOwnBackend();
      const actual = await computeLater(op, inputs);
      expect([actual.left, expected.left]).toEqual([0, 0]);
      const difference = largestDifference(actual, expected);
      task.meta.difference = difference;
      expect(difference).toBeLessThan(1e-5);
    },
  );
});

function largestDifference(actual: Computed, expected: Computed): number {
  return Math.max(
    ...(["outputs", "gradients"] as const).flatMap((kind) => {
      expect(Object.keys(actual[kind])).toEqual(Object.keys(expected[kind]));
      return Object.entries(expected[kind]).map(([name, values]) =>
        relativeError(actual[kind][name]!, values),
      );
    }),
  );
}
