import { memory, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { digamma, logGamma } from "../../src/ops";
import { useBackend } from "../backend";
import { checkGradients } from "./differences";

/** Stirling's series far out, in double precision; the library's own stops at 4. */
function reference(x: number): number {
  if (x < 25) return reference(x + 1) - Math.log(x);
  const i = 1 / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + i / 12 - i ** 3 / 360 + i ** 5 / 1260;
}

// From 40-digit arithmetic: x, logGamma, digamma.
const GOLDEN: readonly [number, number, number][] = [
  [0.001, 6.9071788853839, -1000.5755719318],
  [0.1, 2.2527126517342, -10.423754940411],
  [0.5, 0.5723649429247, -1.9635100260214],
  [1, 0, -0.57721566490153],
  [1.4616, -0.1214862900359, -3.1106251230352e-5],
  [2, 0, 0.42278433509847],
  [3.75, 1.4868155785934, 1.1825373886118],
  [10, 12.801827480081, 2.2517525890667],
  [1000, 5905.2204232092, 6.9072551956488],
  [1e6, 12815504.569148, 13.815510057964],
];

describe.each(["cpu", "wasm"])("log-gamma on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("golden values", () => {
    tidy(() => {
      const x = tensor(GOLDEN.map(([value]) => value));
      const values = logGamma(x).dataSync();
      const slopes = digamma(x).dataSync();
      GOLDEN.forEach(([, value, slope], i) => {
        expect(Math.abs(values[i]! - value) / Math.max(1, Math.abs(value))).toBeLessThan(1e-6);
        expect(Math.abs(slopes[i]! - slope) / Math.max(1, Math.abs(slope))).toBeLessThan(1e-6);
      });
    });
  });

  test("gradient by differences", () => {
    const data = [0.05, 0.1, 0.3, 0.5, 0.9, 1, 1.5, 2, 3, 4.5, 8, 20, 60].map(Math.fround);
    for (const x of data) {
      checkGradients(
        ({ x }) => ({ y: logGamma(x!) }),
        ({ x }) => ({ y: x!.data.map(reference) }),
        { x: { data: [x], shape: [1] } },
      );
    }
  });

  test("leaves one tensor each", () => {
    const x = tensor([0.5, 3], [2, 1]);
    const before = memory().numTensors;
    const y = [logGamma(x), digamma(x)];
    expect(memory().numTensors).toBe(before + 2);
    expect(y.map(({ shape }) => shape)).toEqual([
      [2, 1],
      [2, 1],
    ]);
    for (const value of [x, ...y]) value.dispose();
  });
});
