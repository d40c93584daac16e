import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { squaredNorms, weightedSum } from "../../src/ops";
import { useBackend } from "../backend";
import { checkGradients, type Named, randomValues } from "./differences";

describe.each(["cpu", "wasm"])("sums on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("squaredNorms", () => {
    const norms = ({ a, b, c }: Named<Tensor>) => squaredNorms([a!, b!, c!], [0.5, -2, 3]);
    const square = (x: readonly number[]) => x.reduce((sum, v) => sum + v * v, 0);
    checkGradients(
      (x) => ({ y: norms(x) }),
      ({ a, b, c }) => ({ y: [0.5 * square(a!.data) - 2 * square(b!.data) + 3 * square(c!.data)] }),
      { a: randomValues("a", [4, 3]), b: randomValues("b", [7]), c: randomValues("c", []) },
    );
    expect(squaredNorms([], []).dataSync()[0]).toBe(0);
    expect(() => squaredNorms([zeros([2])], [1, 2])).toThrow(
      "squaredNorms: factors must be as many as tensors, 1, got 2",
    );
  });

  test("weightedSum", () => {
    checkGradients(
      ({ a, b, c }) => ({ y: weightedSum([a!, b!, c!], [0.5, -2, 3]) }),
      ({ a, b, c }) => ({ y: [0.5 * a!.data[0]! - 2 * b!.data[0]! + 3 * c!.data[0]!] }),
      { a: randomValues("a", []), b: randomValues("b", []), c: randomValues("c", []) },
    );
    expect(weightedSum([], []).dataSync()[0]).toBe(0);
    expect(() => weightedSum([zeros([])], [])).toThrow(
      "weightedSum: factors must be as many as scalars, 1, got 0",
    );
    expect(() => weightedSum([zeros([]), zeros([2])], [1, 2])).toThrow(
      "weightedSum: scalars must be [], got [2]",
    );
  });
});
