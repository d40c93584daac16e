import { zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { ndarray } from "../../src/data";
import { dropped, exponential, masked, swap, takeRows } from "../../src/ops";
import { useBackend } from "../backend";
import { checkGradients, randomValues, toTensor, type Values } from "./differences";

function swapped({ data, shape }: Values): number[] {
  const [a, b, n] = shape as [number, number, number];
  return Array.from({ length: a * b }, (_, row) => {
    const start = ((row % a) * b + Math.floor(row / a)) * n;
    return data.slice(start, start + n);
  }).flat();
}

describe.each(["cpu", "wasm"])("moves and masks on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("swap exchanges the first two axes", () => {
    checkGradients(
      ({ x }) => ({ y: swap(x!) }),
      ({ x }) => ({ y: swapped(x!) }),
      { x: randomValues("x", [4, 3, 5]) },
    );
    expect(() => swap(zeros([4, 3]))).toThrow("swap: x must have three axes, got [4,3]");
  });

  test("masked multiplies", () => {
    checkGradients(
      ({ x, mask }) => ({ y: masked(x!, mask!) }),
      ({ x, mask }) => ({ y: x!.data.map((value, i) => value * mask!.data[i]!) }),
      { x: randomValues("x", [4, 3, 5]), mask: randomValues("mask", [4, 3, 5]) },
    );
    expect(() => masked(zeros([4, 3]), zeros([3]))).toThrow(
      "masked: mask must have the shape of x [4,3], got [3]",
    );
  });

  test("exponential", () => {
    checkGradients(
      ({ x }) => ({ y: exponential(x!) }),
      ({ x }) => ({ y: x!.data.map(Math.exp) }),
      { x: randomValues("x", [4, 3, 5]) },
    );
  });

  test("dropped is 1 where a mask is 0 and beyond it", () => {
    const mask = { data: [0, 2, 0, 0, 1, 1, 0.5, 0], shape: [2, 2, 2] };
    expect([...dropped(toTensor(mask), [2, 2, 2]).dataSync()]).toEqual([1, 0, 1, 1, 0, 0, 0, 1]);
    expect([...dropped(toTensor(mask), [2, 3, 3]).dataSync()]).toEqual([
      1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1,
    ]);
    expect(() => dropped(toTensor(mask), [2, 1, 3])).toThrow(
      "dropped: mask must be [2, at most 1, at most 3], got [2,2,2]",
    );
  });

  test("takeRows copies rows in the order asked for, of any kind of numbers", () => {
    for (const data of [Float32Array, Float64Array, Uint8Array, Int16Array]) {
      const array = ndarray(new data(Array.from({ length: 12 }, (_, i) => i)), [3, 2, 2]);
      const taken = takeRows(array, [2, 0, 2]);
      expect([taken.shape, taken.dtype]).toEqual([[3, 2, 2], "float32"]);
      expect(Array.from(taken.dataSync())).toEqual([8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
    }
  });
});
