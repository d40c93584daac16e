import { expect } from "vitest";
import { kernelPath } from "../../src/kernels";
import { loadRecordedPath } from "../../src/kernels/paths";
import { onPath } from "../../src/ops/kernelPath";
import { relativeError } from "../ops/differences";
import type { OpCase } from "./cases";
import { compute } from "./compute";

/** Holds both builds of the fused kernels to the composed operations, outputs and all gradients, on the current backend. */
export async function compareWithComposed({ op, inputs }: OpCase, bound = 1e-5): Promise<void> {
  const expected = onPath("composed", () => compute(op, inputs));
  for (const path of ["simd", "relaxed-simd"] as const) {
    await loadRecordedPath(path);
    const actual = onPath(path, () => {
      expect(kernelPath()).toBe(path);
      return compute(op, inputs);
    });
    expect([expected.left, actual.left], "tensors left behind").toEqual([0, 0]);
    for (const kind of ["outputs", "gradients"] as const) {
      expect(Object.keys(actual[kind])).toEqual(Object.keys(expected[kind]));
      const errors = Object.entries(expected[kind])
        .map(([name, values]) => [`${kind} ${name}`, relativeError(actual[kind][name]!, values)] as const)
        .filter(([, error]) => !(error <= bound));
      expect(errors, `larger than the bound on ${path}`).toEqual([]);
    }
  }
}
