import { readFile } from "node:fs/promises";
import { matMul, tensor } from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { RateNetwork } from "../../examples/own-dynamics/field";
import { heun } from "../../examples/own-dynamics/solver";
import { useBackend } from "../backend";
import { checkGradients, randomValues } from "../ops/differences";
import { rowOf, succeed } from "./runExample";

beforeAll(() => useBackend("cpu"));

test("own-dynamics trains with both", async () => {
  const output = await succeed("own-dynamics", ["--epochs", "20", "--trials", "6", "--seed", "1"]);
  for (const label of ["perceptron", "own field and solver"]) {
    const [r2] = rowOf(output, label).map(Number);
    expect(r2).toBeGreaterThan(0.1);
    expect(r2).toBeLessThan(1);
  }
});

test("its field is W tanh(x) - x, its solver exact where the solution is a parabola", () => {
  checkGradients(
    ({ weight, x }) => ({ y: new RateNetwork(2).derivative({ weight: weight! }, null, x!) }),
    ({ weight, x }) => {
      const [a, b, c, d] = weight!.data as [number, number, number, number];
      const y = [0, 2, 4].map((row) => {
        const [p, q] = x!.data.slice(row, row + 2) as [number, number];
        return [a * Math.tanh(p) + b * Math.tanh(q) - p, c * Math.tanh(p) + d * Math.tanh(q) - q];
      });
      return { y: y.flat() };
    },
    { weight: randomValues("weight", [2, 2]), x: randomValues("x", [3, 2]) },
  );
  // z' = 0, y' = z, x' = y
  const next = heun.step(
    (x) => matMul(x, tensor([0, 0, 0, 1, 0, 0, 0, 1, 0], [3, 3])),
    tensor([1, 0, 1], [1, 3]),
    2,
  );
  expect([...next.dataSync()]).toEqual([3, 2, 1]);
});

test("both are in the guide as they are in the example", async () => {
  const guide = await readFile("docs/dynamics.md", "utf8");
  for (const file of ["field", "solver"]) {
    const code = await readFile(`examples/own-dynamics/${file}.ts`, "utf8");
    expect(guide).toContain(code.slice(code.indexOf("export")).trim());
  }
});
