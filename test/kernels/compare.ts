import { add, dispose, memory, mul, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { kernelPath } from "../../src/kernels";
import { loadRecordedPath } from "../../src/kernels/paths";
import { onPath } from "../../src/ops/kernelPath";
import { valueAndGradients } from "../../src/train/gradients";
import { type Named, randomValues, relativeError, toTensor, type Values } from "../ops/differences";

interface Computed {
  readonly outputs: Named<Float32Array>;
  readonly gradients: Named<Float32Array>;
}

/** Outputs of an operation and the gradients of a random linear function of them, and how many tensors stay behind. */
export function compute(op: (inputs: Named<Tensor>) => Named<Tensor>, inputs: Named<Values>): Computed {
  const variables = Object.fromEntries(Object.entries(inputs).map(([name, v]) => [name, toTensor(v)]));
  const before = memory().numTensors;
  const read = (tensors: Named<Tensor>) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, y]) => [name, y.dataSync().slice() as Float32Array]),
    );
  const outputs = tidy(() => read(op(variables)));
  const { value, gradients } = valueAndGradients(
    () =>
      tidy(() =>
        Object.entries(op(variables))
          .map(([name, y]) => sum(mul(y, tensor([...randomValues(name, y.shape).data], y.shape))))
          .reduce((total, part) => add(total, part)),
      ),
    variables,
  );
  const read_ = read(gradients);
  dispose([value, ...Object.values(gradients)]);
  expect(memory().numTensors, "tensors left behind").toBe(before);
  dispose(Object.values(variables));
  return { outputs, gradients: read_ };
}

/** Holds both builds of the fused kernels to the composed operations, outputs and all gradients, on the current backend. */
export async function compareWithComposed(
  op: (inputs: Named<Tensor>) => Named<Tensor>,
  inputs: Named<Values>,
  bound = 1e-5,
): Promise<void> {
  const expected = onPath("composed", () => compute(op, inputs));
  for (const path of ["simd", "relaxed-simd"] as const) {
    await loadRecordedPath(path);
    const actual = onPath(path, () => {
      expect(kernelPath()).toBe(path);
      return compute(op, inputs);
    });
    for (const kind of ["outputs", "gradients"] as const) {
      expect(Object.keys(actual[kind])).toEqual(Object.keys(expected[kind]));
      const errors = Object.entries(expected[kind])
        .map(([name, values]) => [`${kind} ${name}`, relativeError(actual[kind][name]!, values)] as const)
        .filter(([, error]) => !(error <= bound));
      expect(errors, `larger than the bound on ${path}`).toEqual([]);
    }
  }
}
