import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadRecordedPath } from "../../src/kernels/paths";
import { onPath } from "../../src/ops/kernelPath";
import { useBackend } from "../backend";
import { ODE_SOLVERS, type OdeSizes, odeCase } from "./cases";
import { compareWithComposed } from "./compare";
import { compute } from "./compute";

const check = (c: OdeSizes) => compareWithComposed(odeCase(c));

const base: OdeSizes = {
  ...{ bins: 5, batch: 13, inputs: 5, size: 3, widths: [17] },
  ...{ activation: "tanh", solver: "rungeKutta4", stepsPerBin: 1 },
};

describe.each(["cpu", "wasm"])("fused odeSequence on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Partial<OdeSizes>]>([
    ["odd sizes", {}],
    ["without inputs", { inputs: 0 }],
    ["whole vectors", { inputs: 16, size: 24, widths: [32] }],
    ["one of everything", { bins: 1, batch: 1, inputs: 1, size: 1, widths: [1] }],
    ["a linear field", { widths: [] }],
    ["a linear field without inputs", { widths: [], inputs: 0 }],
    ["three hidden layers", { widths: [9, 20, 7] }],
    ["a state wider than the layers", { size: 60, widths: [11] }],
    ["more trials than are computed at a time", { batch: 101, bins: 2 }],
    ["more parts than the rows are summed in", { batch: 900, bins: 1 }],
    ["more rows than are summed at a time", { batch: 50, solver: "manyStages", widths: [70] }],
    ["several steps in a bin", { stepsPerBin: 3 }],
    ["several steps in a bin without inputs", { stepsPerBin: 2, inputs: 0 }],
    ["relu", { activation: "relu" }],
    ["softplus", { activation: "softplus" }],
    ["softplus where it is nearly 0", { activation: "softplus", bias: -12, inputs: 0 }],
    ["Euler", { solver: "euler" }],
    ["midpoint", { solver: "midpoint" }],
    ["Tsit5", { solver: "tsit5", stepsPerBin: 2 }],
  ])("%s", (_, change) => check({ ...base, ...change }));

  test.each(["tanh", "relu", "softplus"] as const)(
    "a NaN comes through %s, to its trial alone",
    async (activation) => {
      await loadRecordedPath("simd");
      const { op, inputs } = odeCase({ ...base, activation });
      const wrong = {
        ...inputs,
        h0: { ...inputs.h0!, data: inputs.h0!.data.map((x, i) => (i === 0 ? NaN : x)) },
      };
      const { outputs, gradients } = onPath("simd", () => compute(op, wrong));
      const states = outputs.states!;
      const [row, bin] = [base.size, base.size * base.batch];
      expect([...states.subarray(0, row)].every(Number.isNaN)).toBe(true);
      expect([...states.subarray(row, bin)].every(Number.isFinite)).toBe(true);
      expect([...gradients.weight0!].every(Number.isNaN)).toBe(true);
      expect([...gradients.h0!].map(Number.isNaN).lastIndexOf(true)).toBe(row - 1);
    },
  );

  test("random sizes", async () => {
    const size = (min: number, max: number) => fc.integer({ min, max });
    const sizes = fc.record({
      ...{ bins: size(1, 6), batch: size(1, 60), inputs: size(0, 20), size: size(1, 20) },
      widths: fc.array(size(1, 40), { maxLength: 3 }),
      activation: fc.constantFrom("tanh", "relu", "softplus"),
      solver: fc.constantFrom(...(Object.keys(ODE_SOLVERS) as OdeSizes["solver"][])),
      stepsPerBin: size(1, 3),
    });
    await fc.assert(fc.asyncProperty(sizes, check), { seed: 1, numRuns: 20 });
  });
});
