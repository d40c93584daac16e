import { add, memory, mul, scalar, square, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { clipByGlobalNorm, valueAndGradients } from "../../src/train";
import { useBackend } from "../backend";

const flat = (x: Tensor) => Array.from(x.dataSync());

describe.each(["cpu", "wasm"])("gradients on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("value and gradients by name; none for what does not matter", () => {
    const parameters = { a: tensor([1, 2, 3]), b: tensor([5]), unused: tensor([1]) };
    const tensors = memory().numTensors;
    let calls = 0;
    const { value, gradients } = valueAndGradients(() => {
      calls++;
      return sum(add(square(parameters.a), mul(parameters.b, parameters.a)));
    }, parameters);
    expect(calls).toBe(1);
    expect(flat(value)).toEqual([14 + 30]);
    expect(Object.keys(gradients)).toEqual(["a", "b"]);
    expect(flat(gradients.a!)).toEqual([7, 9, 11]);
    expect(flat(gradients.b!)).toEqual([6]);
    expect(memory().numTensors).toBe(tensors + 3);
  });

  test("gradients within the limit pass as they are", () => {
    const gradients = { a: tensor([3, 0.1]), b: tensor([[4]]) };
    for (const limit of [5.1, 200, Infinity]) {
      const { gradients: clipped, norm } = clipByGlobalNorm(gradients, limit);
      expect(flat(clipped.a!)).toEqual(flat(gradients.a));
      expect(clipped.b!.shape).toEqual([1, 1]);
      expect(norm.dataSync()[0]).toBeCloseTo(Math.hypot(3, 0.1, 4), 5);
    }
  });

  test("larger ones are scaled together, by limit / (norm + 1e-6)", () => {
    const gradients = { a: tensor([30, 0]), b: tensor([[-40]]) };
    const { gradients: clipped, norm } = clipByGlobalNorm(gradients, 5);
    expect(flat(norm)).toEqual([50]);
    expect(flat(clipped.a!)[0]).toBeCloseTo(3, 5);
    expect(flat(clipped.b!)[0]).toBeCloseTo(-4, 5);
    // Where the norm is as small as the 1e-6, that shows.
    const small = clipByGlobalNorm({ a: tensor([1e-6]) }, 1e-6);
    expect(flat(small.gradients.a!)[0]! / 1e-6).toBeCloseTo(0.5, 4);
  });

  test("a norm that is not finite is reported", () => {
    for (const bad of [Number.NaN, Infinity, 1e30]) {
      const { norm } = tidy(() => clipByGlobalNorm({ a: tensor([1]), b: tensor([bad]) }, 200));
      expect(Number.isFinite(norm.dataSync()[0])).toBe(false);
    }
  });

  test("leaves nothing behind but its result", () => {
    const gradients = { a: tensor([1, 2]), b: scalar(3) };
    const tensors = memory().numTensors;
    const { gradients: clipped, norm } = clipByGlobalNorm(gradients, 1);
    expect(memory().numTensors).toBe(tensors + 3);
    for (const value of [clipped.a!, clipped.b!, norm]) value.dispose();
    expect(flat(gradients.a)).toEqual([1, 2]);
  });

  test.each([0, -1, Number.NaN])("refuses the limit %d", (limit) => {
    expect(() => clipByGlobalNorm({ a: tensor([1]) }, limit)).toThrow(
      `clipByGlobalNorm: limit must be positive, got ${limit}`,
    );
  });
});
