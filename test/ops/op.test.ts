import {
  dispose,
  keep,
  memory,
  mul,
  slice,
  squeeze,
  sum,
  type Tensor,
  tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { gruSequence, linear } from "../../src/ops";
import { at } from "../../src/ops/heap";
import { type Op, runOp } from "../../src/ops/op";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { randomValues, relativeError, toTensor } from "./differences";

const weightsOf = (units: number, inputs: number) => ({
  weightIh: toTensor(randomValues("ih", [3 * units, inputs])),
  weightHh: toTensor(randomValues("hh", [3 * units, units])),
  bias: toTensor(randomValues("bias", [3 * units])),
});

/** `y = a b` and `square = a a`, of which the caller sees the first only. */
const product: Op<{ a: Tensor; b: Tensor }, { factor: number }> = {
  name: "TestProduct",
  results: 1,
  outputs: 2,
  forward: ({ a, b }, { factor }) => [tidy(() => mul(factor, mul(a, b))), mul(a, a)],
  gradient: ([dy], { a, b }, outputs, { factor }) => {
    expect(outputs.map((y) => [...y.dataSync()])).toEqual([
      [6, 12],
      [1, 4],
    ]);
    return { a: () => mul(factor, mul(dy!, b)), b: () => mul(factor, mul(dy!, a)) };
  },
};

describe.each(["cpu", "wasm"])("ops on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("hidden outputs and attributes reach the gradient and are freed", () => {
    const before = memory().numTensors;
    const [a, b] = [tensor([1, 2]), tensor([3, 3])];
    const { value, gradients } = valueAndGradients(
      () => tidy(() => sum(runOp(product, { a, b }, { factor: 2 })[0]!)),
      { a, b },
    );
    expect(value.dataSync()[0]).toBe(18);
    expect([...gradients.a!.dataSync()]).toEqual([6, 6]);
    expect([...gradients.b!.dataSync()]).toEqual([2, 4]);
    dispose([a, b, value, ...Object.values(gradients)]);
    expect(memory().numTensors).toBe(before);
  });

  test("without a tape only the visible outputs stay", () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 3])];
    const before = memory().numTensors;
    const results = runOp(product, { a, b }, { factor: 2 });
    expect(results).toHaveLength(1);
    expect(memory().numTensors).toBe(before + 1);
    dispose([a, b, ...results]);
  });

  test("one tensor as two inputs gets both gradients", () => {
    const x = tensor([1, 2]);
    const { value, gradients } = valueAndGradients(
      () =>
        tidy(() =>
          sum(runOp({ ...product, name: "TestSquare", gradient: twice }, { a: x, b: x }, { factor: 1 })[0]!),
        ),
      { x },
    );
    expect([...gradients.x!.dataSync()]).toEqual([2, 4]);
    dispose([x, value, gradients.x!]);
  });

  test("gradients by one input only, of a sum over a part of the output", () => {
    const before = memory().numTensors;
    const weights = weightsOf(3, 2);
    const [x, h0] = [toTensor(randomValues("x", [4, 2, 2])), toTensor(randomValues("h0", [2, 3]))];
    const last = () => tidy(() => sum(slice(gruSequence(x, weights, h0), [3, 0, 0], [1, -1, -1])));
    const all = valueAndGradients(last, { ...weights, x, h0 });
    const one = valueAndGradients(last, { h0 });
    expect(Object.keys(one.gradients)).toEqual(["h0"]);
    expect([...one.gradients.h0!.dataSync()]).toEqual([...all.gradients.h0!.dataSync()]);
    dispose([x, h0, ...Object.values(weights), all.value, one.value]);
    dispose([...Object.values(all.gradients), ...Object.values(one.gradients)]);
    expect(memory().numTensors).toBe(before);
  });

  test("an op inside an op's tidy leaves exactly its output, and an error nothing", () => {
    const weights = weightsOf(3, 2);
    const [x, h0] = [toTensor(randomValues("x", [4, 2, 2])), toTensor(randomValues("h0", [2, 3]))];
    const before = memory().numTensors;
    const states = gruSequence(x, weights, h0);
    expect(memory().numTensors).toBe(before + 1);
    const y = linear(x, tensor([1, 2, 3, 4], [2, 2]));
    expect(memory().numTensors).toBe(before + 3);
    dispose([states, y]);
    expect(() => gruSequence(x, weights, x)).toThrow();
    expect(memory().numTensors).toBe(before + 1);
    dispose([x, h0, ...Object.values(weights)]);
  });

  test("at is a slice of the first axis", () => {
    const x = toTensor(randomValues("x", [5, 3, 2]));
    for (let t = 0; t < 5; t++) {
      tidy(() => {
        const expected = squeeze(slice(x, [t, 0, 0], [1, 3, 2]), [0]);
        expect(at(x, t).arraySync()).toEqual(expected.arraySync());
      });
    }
    x.dispose();
  });

  test("at's results survive the growth of the memory", () => {
    const x = toTensor(randomValues("x", [2, 3, 2]));
    const y = at(x, 1);
    const expected = [...y.dataSync()];
    const large = tidy(() => keep(at(toTensor(randomValues("large", [2, 1000, 1000])), 1)));
    expect([...y.dataSync()]).toEqual(expected);
    expect(large.shape).toEqual([1000, 1000]);
    dispose([x, y, large]);
  });
});

function twice([dy]: readonly Tensor[], { a, b }: { a: Tensor; b: Tensor }) {
  return { a: () => mul(dy!, b), b: () => mul(dy!, a) };
}

test("tensors made on one backend run on another", async () => {
  await useBackend("cpu");
  const weights = weightsOf(3, 2);
  const [x, h0] = [toTensor(randomValues("x", [4, 2, 2])), toTensor(randomValues("h0", [2, 3]))];
  const cpu = gruSequence(x, weights, h0);
  const expected = [...cpu.dataSync()];
  await useBackend("wasm");
  const wasm = gruSequence(x, weights, h0);
  expect(relativeError(wasm.dataSync(), expected)).toBeLessThan(1e-6);
  dispose([x, h0, cpu, wasm, ...Object.values(weights)]);
});
