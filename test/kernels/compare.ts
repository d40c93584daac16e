import { expect } from "vitest";
import { kernelPath, useComposedKernels, useFusedKernels } from "../../src/kernels";
import { relativeError } from "../ops/differences";
import type { OpCase } from "./cases";
import { compute } from "./compute";

/** Holds the fused kernels to the composed operations, outputs and all gradients, on the current backend. */
export async function compareWithComposed({ op, inputs }: OpCase, bound = 1e-5): Promise<void> {
  useComposedKernels();
  const expected = compute(op, inputs);
  await useFusedKernels();
  expect(kernelPath()).toBe("simd");
  const actual = compute(op, inputs);
  useComposedKernels();
  expect([expected.left, actual.left], "tensors left behind").toEqual([0, 0]);
  for (const kind of ["outputs", "gradients"] as const) {
    expect(Object.keys(actual[kind])).toEqual(Object.keys(expected[kind]));
    const errors = Object.entries(expected[kind])
      .map(([name, values]) => [`${kind} ${name}`, relativeError(actual[kind][name]!, values)] as const)
      .filter(([, error]) => !(error <= bound));
    expect(errors, "larger than the bound").toEqual([]);
  }
}
