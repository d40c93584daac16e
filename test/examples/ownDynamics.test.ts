import { readFile } from "node:fs/promises";
import { matMul, tensor } from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { BoundedLinearField } from "../../examples/own-dynamics/field";
import { heun } from "../../examples/own-dynamics/solver";
import { useBackend } from "../backend";
import { checkGradients, randomValues } from "../ops/differences";
import { rowOf, succeed } from "./runExample";

beforeAll(() => useBackend("cpu"));

test("own-dynamics trains with both", async () => {
  const output = await succeed("own-dynamics", ["--epochs", "12", "--trials", "6", "--seed", "1"]);
  for (const label of ["perceptron", "own field and solver"]) {
    const [r2] = rowOf(output, label).map(Number);
    expect(r2).toBeGreaterThan(0.2);
    expect(r2).toBeLessThan(1);
  }
});

test("its field is W x - |x|^2 x, its solver exact where the solution is a parabola", () => {
  checkGradients(
    ({ weight, x }) => ({ y: new BoundedLinearField(2).derivative({ weight: weight! }, null, x!) }),
    ({ weight, x }) => {
      const [a, b, c, d] = weight!.data as [number, number, number, number];
      const y = Array.from({ length: 3 }, (_, row) => {
        const [p, q] = x!.data.slice(2 * row, 2 * row + 2) as [number, number];
        const size = p * p + q * q;
        return [a * p + b * q - size * p, c * p + d * q - size * q];
      });
      return { y: y.flat() };
    },
    { weight: randomValues("weight", [2, 2]), x: randomValues("x", [3, 2]) },
  );
  // x' = 1, y' = x
  const next = heun.step(
    (x) => matMul(x, tensor([0, 0, 0, 1, 0, 0, 0, 1, 0], [3, 3])),
    tensor([1, 0, 1], [1, 3]),
    2,
  );
  expect([...next.dataSync()]).toEqual([1, 2, 3]);
});

test("both are in the guide as they are in the example", async () => {
  const guide = await readFile("docs/dynamics.md", "utf8");
  for (const file of ["field", "solver"]) {
    const code = await readFile(`examples/own-dynamics/${file}.ts`, "utf8");
    expect(guide).toContain(code.slice(code.indexOf("export")).trim());
  }
});
