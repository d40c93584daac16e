import { dispose, memory, mul, sum, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { maskGradient } from "../../src/ops";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { randomValues, toTensor } from "./differences";

describe.each(["cpu", "wasm"])("maskGradient on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("the value passes to the bit, the gradient where the mask is 1", () => {
    const before = memory().numTensors;
    const x = toTensor(randomValues("x", [2, 3]));
    const mask = tensor([1, 0, 0, 1, 1, 0], [2, 3]);
    const weight = toTensor(randomValues("weight", [2, 3]));
    const y = maskGradient(x, mask);
    expect([...y.dataSync()]).toEqual([...x.dataSync()]);
    const { value, gradients } = valueAndGradients(
      () => tidy(() => sum(mul(maskGradient(x, mask), weight))),
      { x },
    );
    const expected = weight.dataSync().map((w, i) => (mask.dataSync()[i] === 1 ? w : 0));
    expect([...gradients.x!.dataSync()].map((g) => g + 0)).toEqual([...expected].map((g) => g + 0));
    dispose([x, y, mask, weight, value, gradients.x!]);
    expect(memory().numTensors).toBe(before);
  });

  test("the result outlives its input", () => {
    const x = tensor([1, 2]);
    const mask = tensor([1, 0]);
    const y = maskGradient(x, mask);
    dispose([x, mask]);
    expect([...y.dataSync()]).toEqual([1, 2]);
    y.dispose();
  });

  test("shapes that differ are an error", () => {
    tidy(() => {
      expect(() => maskGradient(zeros([2, 3]), zeros([1, 3]))).toThrow(
        "maskGradient: mask must have the shape of x [2,3], got [1,3]",
      );
    });
  });
});
