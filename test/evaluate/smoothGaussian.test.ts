import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { smoothGaussian } from "../../src/evaluate";
import { array, gaussians, mapped } from "./support";

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 12);
};

describe("smoothGaussian", () => {
  test("by hand, with the weights renormalised at the edges", () => {
    const [a, b] = [Math.exp(-0.5), Math.exp(-2)];
    const { data } = smoothGaussian(array([1, 0, 0], [1, 3, 1]), { sd: 1 });
    close(data, [1 / (1 + a + b), a / (1 + 2 * a), b / (1 + a + b)]);
  });

  test("a constant stays that constant, also around unobserved bins", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 20, noNaN: true }), (sd) => {
        const constant = mapped(gaussians("any", [2, 12, 3]), (_, i) => (i % 7 === 3 ? Number.NaN : 2.5));
        for (const value of smoothGaussian(constant, { sd }).data) expect(value).toBeCloseTo(2.5, 12);
      }),
    );
  });

  test("is linear, keeps trials and channels apart, and has no direction", () => {
    const x = gaussians("x", [2, 15, 3]);
    const smoothed = smoothGaussian(x, { sd: 2 });
    close(
      smoothGaussian(
        mapped(x, (value) => 3 * value),
        { sd: 2 },
      ).data,
      mapped(smoothed, (value) => 3 * value).data,
    );
    const changed = smoothGaussian(
      mapped(x, (value, i) => (i === 4 ? 100 : value)),
      { sd: 2 },
    );
    changed.data.forEach((value, i) => {
      if (i >= 45 || i % 3 !== 1) expect(value).toBe(smoothed.data[i]);
    });
    const reversed = (of: typeof x) =>
      mapped(of, (_, i) => {
        const [trial, bin, channel] = [Math.floor(i / 45), Math.floor((i % 45) / 3), i % 3];
        return of.data[trial * 45 + (14 - bin) * 3 + channel]!;
      });
    close(smoothGaussian(reversed(x), { sd: 2 }).data, reversed(smoothed).data);
  });

  test("leaving out: a bin does not see itself", () => {
    const x = gaussians("x", [1, 9, 1]);
    const smoothed = smoothGaussian(x, { sd: 1.5, leaveOut: true });
    const changed = smoothGaussian(
      mapped(x, (value, i) => (i === 4 ? 50 : value)),
      { sd: 1.5, leaveOut: true },
    );
    expect(changed.data[4]).toBe(smoothed.data[4]);
    expect(changed.data[3]).not.toBe(smoothed.data[3]);
    expect(smoothGaussian(array([1], [1, 1, 1]), { sd: 1, leaveOut: true }).data[0]).toBeNaN();
  });

  test("refuses a kernel without width and arrays without trials", () => {
    expect(() => smoothGaussian(array([1], [1, 1, 1]), { sd: 0 })).toThrow(
      "sd must be positive (in bins), got 0",
    );
    expect(() => smoothGaussian(array([1], [1, 1]), { sd: 1 })).toThrow(
      "[trials, bins, channels], got [1,1]",
    );
  });
});
