import { describe, expect, test } from "vitest";
import {
  bernoulli,
  integers,
  normal,
  normalQuantile,
  permutation,
  RandomStream,
  uniform,
} from "../../src/random";
import {
  correlation,
  digest,
  equalFrequencyP,
  kolmogorovP,
  mean,
  moment,
  normalCdf,
  variance,
} from "./statistics";

const n = 400_000;
const stream = (name: string | number) => RandomStream.fromSeed(0).fork(name);

test("every sampler takes one block, and repeats itself from the same state", () => {
  const samplers: ((s: RandomStream, count: number) => ArrayLike<number>)[] = [
    uniform,
    normal,
    permutation,
    (s, count) => bernoulli(s, count, 0.5),
    (s, count) => integers(s, count, 0, 10),
  ];
  for (const sample of samplers) {
    const s = stream("x");
    const first = sample(s, 1000);
    expect(s.toJSON().counter).toBe(1);
    expect(sample(stream("x"), 1000)).toEqual(first);
    expect(sample(s, 1000)).not.toEqual(first);
    expect(sample(s, 0)).toHaveLength(0);
    expect(() => sample(s, -1)).toThrow(/^[a-z]+: count must be a non-negative integer, got -1$/);
    expect(s.toJSON().counter).toBe(3);
  }
});

describe("uniform", () => {
  test("golden values", () => {
    expect([...uniform(stream("uniform"), 4)]).toEqual([
      0.3882925711805001, 0.6112257941858843, 0.5117921194760129, 0.05738144076894969,
    ]);
  });

  test("is uniform on (0, 1) and never touches its ends", () => {
    const draws = uniform(stream(1), n);
    expect(kolmogorovP(draws, (x) => x)).toBeGreaterThan(1e-4);
    const block = stream(1).block();
    const fine = Float64Array.from({ length: n }, () => block.uniform());
    expect(kolmogorovP(fine, (x) => x)).toBeGreaterThan(1e-4);
    for (const x of [draws, fine]) {
      expect(Math.min(...x.subarray(0, 1000))).toBeGreaterThan(0);
      expect(x.every((u) => u > 0 && u < 1)).toBe(true);
    }
  });
});

describe("normalQuantile", () => {
  // Values from 40-digit arithmetic.
  test.each([
    [2 ** -53, -8.209536151601387],
    [2 ** -33, -6.3379577545537895],
    [1e-8, -5.612001244174789],
    [1e-4, -3.7190164854556804],
    [0.02425, -1.972961051311885],
    [0.074999, -1.4395385353452308],
    [0.075, -1.439531470938456],
    [0.1, -1.2815515655446004],
    [0.25, -0.6744897501960817],
    [0.4, -0.2533471031357997],
    [0.5000001, 2.506628273311648e-7],
    [0.75, 0.6744897501960817],
    [1 - 2 ** -33, 6.3379577545537895],
  ])("normalQuantile(%d)", (p, z) => {
    expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(1e-15);
  });

  test("is odd about one half, increasing, and inverts the distribution function", () => {
    let last = -Infinity;
    for (let i = 1; i < 2048; i++) {
      const p = i / 2048;
      const z = normalQuantile(p);
      expect(normalQuantile(1 - p)).toBe(z === 0 ? 0 : -z);
      expect(z).toBeGreaterThan(last);
      expect(normalCdf(z)).toBeCloseTo(p, 9);
      last = z;
    }
  });

  test("outside of (0, 1)", () => {
    expect([0, 1, -0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([
      -Infinity,
      Infinity,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe("normal", () => {
  test("golden values", () => {
    expect([...normal(stream("normal"), 6)]).toEqual([
      -1.6833730936050415, -1.088374137878418, 2.150739908218384, 0.8995954394340515, -0.8138381838798523,
      0.1838741898536682,
    ]);
    expect([...normal(stream("normal"), 3, 10, 2)]).toEqual([
      6.633254051208496, 7.823251724243164, 14.301480293273926,
    ]);
    expect(digest(normal(stream("d"), 100_000))).toBe(2248606274);
  });

  test("has the moments and the distribution of the normal", () => {
    const draws = normal(stream(1), n);
    expect(Math.abs(mean(draws))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(draws, 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(draws, 3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(draws, 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    expect(kolmogorovP(draws, normalCdf)).toBeGreaterThan(1e-4);
    for (const lag of [1, 2, 4]) {
      expect(Math.abs(correlation(draws.subarray(lag), draws.subarray(0, -lag)))).toBeLessThan(
        4 / Math.sqrt(n),
      );
    }
  });

  test("mean and sd shift and stretch", () => {
    expect(normal(stream(1), 100, 3, 0)).toEqual(new Float32Array(100).fill(3));
    const draws = normal(stream(1), n, -2, 0.5);
    expect(Math.abs(mean(draws) + 2)).toBeLessThan(2 / Math.sqrt(n));
    expect(Math.abs(variance(draws) - 0.25)).toBeLessThan(Math.sqrt(2 / n));
  });

  test("bad arguments", () => {
    expect(() => normal(stream(1), 1, Number.NaN)).toThrow("normal: mean must be a finite number, got NaN");
    expect(() => normal(stream(1), 1, 0, -1)).toThrow(
      "normal: sd must be a finite number, not negative, got -1",
    );
    expect(() => normal(stream(1), 1, 0, Infinity)).toThrow("normal: sd must be a finite number");
  });
});

describe("bernoulli", () => {
  test("golden values", () => {
    expect([...bernoulli(stream("bernoulli"), 16, 0.3)].join("")).toBe("0000000010100000");
  });

  test("probabilities 0 and 1 are exact, and use their block all the same", () => {
    for (const p of [0, 1]) {
      const s = stream(p);
      expect(bernoulli(s, 1_000_000, p).every((draw) => draw === p)).toBe(true);
      expect(s.toJSON().counter).toBe(1);
    }
  });

  test.each([2 ** -33, 2 ** -32, 1e-6, 0.05, 0.25, 0.49999, 0.5, 0.50001, 0.95, 1 - 2 ** -32, 1 - 2 ** -34])(
    "p = %d: 1 where the integer is below p 2^32",
    (p) => {
      const bits = stream("b").uint32(100_003);
      const draws = bernoulli(stream("b"), 100_003, p);
      expect(draws.every((draw, i) => draw === (bits[i]! < Math.round(p * 2 ** 32) ? 1 : 0))).toBe(true);
    },
  );

  test.each([0.001, 0.3, 0.5, 0.95])("p = %d: mean, and no correlation of neighbours", (p) => {
    const draws = bernoulli(stream(p), n, p);
    expect(Math.abs(mean(draws) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
    for (const lag of [1, 2, 3, 4, 8]) {
      expect(Math.abs(correlation(draws.subarray(lag), draws.subarray(0, -lag)))).toBeLessThan(
        4 / Math.sqrt(n),
      );
    }
  });

  test.each([-0.1, 1.1, Number.NaN])("p = %d is an error", (p) => {
    expect(() => bernoulli(stream(1), 1, p)).toThrow(
      `bernoulli: probability must be a number from 0 to 1, got ${p}`,
    );
  });
});

describe("integers", () => {
  test("golden values", () => {
    expect([...integers(stream("integers"), 8, -5, 6)]).toEqual([-4, -2, -3, 5, 5, -2, -2, 3]);
  });

  test.each([1, 2, 3, 7, 10, 64, 1000])("all of %d values are equally likely", (range) => {
    const draws = integers(stream(range), n, -3, range - 3).map((draw) => draw + 3);
    expect(draws.every((draw) => draw >= 0 && draw < range)).toBe(true);
    if (range > 1) expect(equalFrequencyP(draws, range)).toBeGreaterThan(1e-4);
  });

  test("a range that does not divide 2^32 has no bias", () => {
    // A remainder of 32-bit integers would put 2/3 of the draws into the lower half of this range.
    const range = 3 * 2 ** 30;
    const draws = integers(stream("bias"), n, -(2 ** 31), range - 2 ** 31);
    expect(Math.abs(mean(draws.map((draw) => (draw + 2 ** 31 < range / 2 ? 1 : 0))) - 0.5)).toBeLessThan(
      2 / Math.sqrt(n),
    );
  });

  test("the whole range of 32 bits is the bits themselves", () => {
    const draws = integers(stream("whole"), 1000, -(2 ** 31), 2 ** 31);
    expect([...draws]).toEqual(Array.from(stream("whole").uint32(1000), (u) => u - 2 ** 31));
  });

  test.each([
    [0, 0],
    [1, 0],
    [0, 1.5],
    [Number.NaN, 1],
    [0, 2 ** 31 + 1],
    [-Infinity, 0],
  ])("bounds %d and %d are an error", (low, high) => {
    expect(() => integers(stream(1), 1, low, high)).toThrow(
      `integers: bounds must be integers from -2^31 to 2^31, low below highExclusive, got ${low} and ${high}`,
    );
  });
});

describe("permutation", () => {
  test("golden values", () => {
    expect([...permutation(stream("permutation"), 10)]).toEqual([9, 6, 8, 1, 0, 3, 7, 5, 4, 2]);
  });

  test("holds every number once", () => {
    for (const count of [0, 1, 2, 1000]) {
      expect([...permutation(stream(count), count).sort()]).toEqual(
        Array.from({ length: count }, (_, i) => i),
      );
    }
  });

  test("all 24 orders of 4 are equally likely", () => {
    const s = stream("orders");
    const orders = new Map<string, number>();
    const kinds = Array.from({ length: 24_000 }, () => {
      const order = permutation(s, 4).join();
      if (!orders.has(order)) orders.set(order, orders.size);
      return orders.get(order)!;
    });
    expect(orders.size).toBe(24);
    expect(equalFrequencyP(kinds, 24)).toBeGreaterThan(1e-4);
  });

  test("every number is equally likely at every place", () => {
    const s = stream("places");
    const permutations = Array.from({ length: 10_000 }, () => permutation(s, 13));
    for (let place = 0; place < 13; place++) {
      expect(
        equalFrequencyP(
          permutations.map((order) => order[place]!),
          13,
        ),
      ).toBeGreaterThan(1e-4);
    }
  });
});
