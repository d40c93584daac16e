import { beforeAll, describe, expect, test } from "vitest";
import { loadMachine } from "../../src/kernels/wasm/load";
import type { Machine } from "../../src/kernels/wasm/machine";

let machine: Machine;
beforeAll(async () => {
  machine = await loadMachine();
});

function evaluate(name: "expAll" | "sigmoidAll" | "tanhAll", x: Float32Array): Float32Array {
  return machine.call(() => {
    const source = machine.block(x.length);
    const target = machine.block(x.length);
    machine.numbers(source, x.length).set(x);
    machine.exports[name](target, source, x.length);
    return machine.numbers(target, x.length).slice();
  });
}

/** Floats of every exponent and sign, `steps` to each power of two; a multiple of four of them. */
function floats(steps: number): Float32Array {
  const numbers: number[] = [];
  for (let exponent = -149; exponent < 128; exponent++) {
    for (let step = 0; step < steps; step++) {
      const x = 2 ** exponent * (1 + (step + 0.37) / steps);
      numbers.push(x, -x, x * 1.0001, -x * 1.0001);
    }
  }
  return Float32Array.from(numbers).filter((x) => Number.isFinite(x));
}

/** Largest error relative to the exact value, but no less than `floor`. */
function worst(x: Float32Array, actual: Float32Array, exact: (x: number) => number, floor = 0): number {
  let error = 0;
  for (let i = 0; i < x.length; i++) {
    const expected = exact(x[i]!);
    if (actual[i] === expected) continue;
    error = Math.max(error, Math.abs(actual[i]! - expected) / Math.max(Math.abs(expected), floor));
  }
  return error;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const all = floats(300);
/** Where the functions are not yet constant. */
const middle = Float32Array.from({ length: 400_000 }, (_, i) => (i / 400_000 - 0.5) * 180);

describe("the exponential", () => {
  test("is within 1.2e-7, relative, of results that are normal floats; smaller ones are zero", () => {
    for (const x of [all, middle]) {
      const normal = x.filter((value) => Math.exp(value) > 1.7e-38 && Math.exp(value) < 3.4e38);
      expect(worst(normal, evaluate("expAll", normal), Math.exp)).toBeLessThan(1.2e-7);
    }
    const small = Float32Array.of(-86.93, -87, -87.34, -88, -100, -1e3, -3e38, -Infinity);
    for (const y of evaluate("expAll", small)) expect(y).toBeLessThan(1.8e-38);
    expect([...evaluate("expAll", small)].slice(3)).toEqual([0, 0, 0, 0, 0]);
  });

  test("is 1 at 0, and infinite exactly beyond the largest float", () => {
    const x = Float32Array.of(0, -0, 88.72283, 88.72284, 89, 1000, 3.4e38, Infinity);
    const y = evaluate("expAll", x);
    expect([...y.slice(0, 2)]).toEqual([1, 1]);
    expect(y[2]).toBeGreaterThan(3.4e38);
    expect(Number.isFinite(y[2])).toBe(true);
    expect([...y.slice(3)]).toEqual([Infinity, Infinity, Infinity, Infinity, Infinity]);
  });
});

describe("the logistic function", () => {
  test("is within 1.8e-7, relative, down to 1e-37", () => {
    for (const x of [all, middle]) {
      const inside = x.filter((value) => value > -85);
      expect(worst(inside, evaluate("sigmoidAll", inside), sigmoid)).toBeLessThan(1.8e-7);
    }
  });

  test("is within 1e-37 below, and 0 to 1 at the ends", () => {
    const x = all.filter((value) => value <= -85);
    expect(
      worst(x.subarray(0, x.length & -4), evaluate("sigmoidAll", x.subarray(0, x.length & -4)), sigmoid, 1),
    ).toBeLessThan(1e-36);
    const ends = evaluate("sigmoidAll", Float32Array.of(Infinity, 3e38, -Infinity, -3e38));
    expect([...ends.slice(0, 2)]).toEqual([1, 1]);
    for (const y of ends.slice(2)) expect(y).toBeLessThan(2e-38);
    expect([...evaluate("sigmoidAll", Float32Array.of(0, -0, 20, 88))]).toEqual([0.5, 0.5, 1, 1]);
  });
});

describe("the hyperbolic tangent", () => {
  test("is within 3e-7, relative, down to the smallest floats", () => {
    for (const x of [all, middle]) {
      expect(worst(x, evaluate("tanhAll", x), Math.tanh, 1e-37)).toBeLessThan(3e-7);
    }
  });

  test("never exceeds 1, and reaches it", () => {
    const y = evaluate("tanhAll", middle);
    expect(y.every((value) => Math.abs(value) <= 1)).toBe(true);
    const ends = Float32Array.of(0, 10, -10, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45);
    expect([...evaluate("tanhAll", ends)].slice(0, 7)).toEqual([0, 1, -1, 1, -1, 1, -1]);
  });
});

test.each(["expAll", "sigmoidAll", "tanhAll"] as const)("%s passes every NaN on, in every lane", (name) => {
  const bits = Uint32Array.of(0x7fc00000, 0xffc00000, 0x7f800001, 0x7fffffff);
  const nan = new Float32Array(bits.buffer);
  expect([...evaluate(name, nan)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  const mixed = evaluate(name, Float32Array.of(1, Number.NaN, 2, Number.NaN));
  expect([...mixed].map(Number.isNaN)).toEqual([false, true, false, true]);
});
