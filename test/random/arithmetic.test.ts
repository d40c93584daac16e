import { describe, expect, test } from "vitest";
import { exp, log } from "../../src/random/arithmetic";

/** Relative error in units of 2^-52. */
function error(value: number, truth: number): number {
  return Math.abs(value / truth - 1) / 2 ** -52;
}

// Values from 40-digit arithmetic.
describe("log", () => {
  test.each([
    [5e-324, -744.4400719213812],
    [1e-300, -690.7755278982137],
    [1e-10, -23.025850929940457],
    [0.2, -1.6094379124341003],
    [Math.SQRT1_2, -0.3465735902799726],
    [0.9999999999999999, -1.1102230246251565e-16],
    [1.0000000000000002, 2.2204460492503128e-16],
    [Math.SQRT2, 0.3465735902799727],
    [3, 1.0986122886681098],
    [1e10, 23.025850929940457],
    [Number.MAX_VALUE, 709.782712893384],
  ])("log(%d)", (x, truth) => {
    expect(error(log(x), truth)).toBeLessThanOrEqual(2);
  });

  test("agrees with the engine over the whole range", () => {
    for (let x = 1e-307; x < 1e307; x *= 1.37) expect(error(log(x), Math.log(x))).toBeLessThanOrEqual(4);
    for (let x = 0.5; x < 2; x += 0.00137) expect(error(log(x), Math.log(x))).toBeLessThanOrEqual(4);
  });

  test("special values", () => {
    expect([1, 0, -0, Infinity, -1, -Infinity, Number.NaN].map(log)).toEqual([
      0,
      -Infinity,
      -Infinity,
      Infinity,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe("exp", () => {
  test.each([
    [-700, 9.85967654375977e-305],
    [-10, 4.5399929762484854e-5],
    [-1, 0.36787944117144233],
    [-1e-9, 0.999999999],
    [0.34, 1.4049475905635938],
    [0.5, 1.6487212707001282],
    [1, Math.E],
    [10, 22026.465794806718],
    [100, 2.6881171418161356e43],
    [709, 8.218407461554972e307],
  ])("exp(%d)", (x, truth) => {
    expect(error(exp(x), truth)).toBeLessThanOrEqual(2);
  });

  test("agrees with the engine over the whole range", () => {
    for (let x = -708; x < 709; x += 0.377) expect(error(exp(x), Math.exp(x))).toBeLessThanOrEqual(4);
  });

  test("special values and the ends of the range", () => {
    expect([0, -0, 1e-17, -Infinity, Infinity, Number.NaN].map(exp)).toEqual([
      1,
      1,
      1,
      0,
      Infinity,
      Number.NaN,
    ]);
    expect([-745, -745.2, -1e300, 709.79, 1e300].map(exp)).toEqual([5e-324, 0, 0, Infinity, Infinity]);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
  });
});
