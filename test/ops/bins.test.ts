import { zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { bin, joinBins, type Place, splitBins, stackBins } from "../../src/ops";
import { useBackend } from "../backend";
import { checkGradients, randomValues, type Values } from "./differences";

/** Bins of a sequence as rows of `batch * width` numbers. */
function rows({ data, shape }: Values): number[][] {
  const [bins, batch, width] = shape as [number, number, number];
  return Array.from({ length: bins }, (_, t) => data.slice(t * batch * width, (t + 1) * batch * width));
}

function joined(
  first: Values,
  second: Values,
  places: { first: Place; second: Place },
  bins: number,
): number[] {
  const [, batch, a] = first.shape as [number, number, number];
  const b = second.shape[2]!;
  const pick = (x: Values, { from, to, count }: Place, t: number, trial: number, width: number) =>
    Array.from({ length: width }, (_, i) =>
      t >= to && t < to + count ? rows(x)[t - to + from]![trial * width + i]! : 0,
    );
  return Array.from({ length: bins * batch }, (_, row) => {
    const [t, trial] = [Math.floor(row / batch), row % batch];
    return [...pick(first, places.first, t, trial, a), ...pick(second, places.second, t, trial, b)];
  }).flat();
}

describe.each(["cpu", "wasm"])("operations on bins on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each([0, 2, 4])("bin %i of five", (t) => {
    checkGradients(
      ({ x }) => ({ y: bin(x!, t) }),
      ({ x }) => ({ y: rows(x!)[t]! }),
      { x: randomValues("x", [5, 3, 2]) },
    );
  });

  test.each([
    ["a lag", { from: 0, to: 1, count: 4 }, { from: 1, to: 0, count: 4 }, 5],
    ["zeros around", { from: 0, to: 3, count: 4 }, { from: 1, to: 2, count: 4 }, 9],
    ["nothing", { from: 0, to: 5, count: 0 }, { from: 5, to: 0, count: 0 }, 5],
  ] as const)("two sequences side by side: %s", (_, first, second, bins) => {
    checkGradients(
      ({ a, b }) => ({ y: joinBins({ first: a!, second: b! }, { first, second }, bins) }),
      ({ a, b }) => ({ y: joined(a!, b!, { first, second }, bins) }),
      { a: randomValues("a", [5, 2, 3]), b: randomValues("b", [5, 2, 1]) },
    );
  });

  test("all bins one by one, and bins one after the other", () => {
    checkGradients(
      ({ x }) => Object.fromEntries(splitBins(x!).entries()),
      ({ x }) => Object.fromEntries(rows(x!).entries()),
      { x: randomValues("x", [5, 3, 2]) },
    );
    checkGradients(
      ({ a, b, c }) => ({ y: stackBins([a!, b!, c!, a!]) }),
      ({ a, b, c }) => ({ y: [a!, b!, c!, a!].flatMap(({ data }) => data) }),
      Object.fromEntries(["a", "b", "c"].map((name) => [name, randomValues(name, [3, 2])])),
    );
  });

  test("a bin whose gradient nobody asks for counts as zero", () => {
    checkGradients(
      ({ x }) => ({ y: splitBins(x!)[3]! }),
      ({ x }) => ({ y: rows(x!)[3]! }),
      { x: randomValues("x", [5, 3, 2]) },
    );
  });

  test("what does not fit is refused", () => {
    expect(() => splitBins(zeros([5, 2]))).toThrow("splitBins: x must be [bins, batch, n], got [5,2]");
    expect(() => stackBins([])).toThrow("stackBins: bins must be at least one, [batch, n] each, got 0");
    expect(() => stackBins([zeros([5, 2]), zeros([4, 2])])).toThrow(
      "stackBins: bins must be [5,2], got [4,2]",
    );
    const x = zeros([5, 2, 3]);
    const all = { from: 0, to: 0, count: 5 };
    expect(() => bin(x, 5)).toThrow("bin: t must be a whole number from 0 to 4, got 5");
    expect(() => bin(zeros([5, 2]), 0)).toThrow("bin: x must be [bins, batch, n], got [5,2]");
    expect(() => joinBins({ first: x, second: zeros([5, 3, 3]) }, { first: all, second: all }, 5)).toThrow(
      "joinBins: parts must be [bins, batch, n] with one batch, got [5,2,3] and [5,3,3]",
    );
    expect(() => joinBins({ first: x, second: x }, { first: all, second: { ...all, from: 1 } }, 5)).toThrow(
      "joinBins: the second part's 5 bins must lie within its 5 and the result's 5, got from 1 and to 0",
    );
  });
});
