import { memory, mul, sub, type Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { ndarray } from "../../src/data";
import { lyapunovExponent } from "../../src/dynamics";
import { RandomStream, uniform } from "../../src/random";
import { useBackend } from "../backend";
import { arneodo, cloud, duffing, lorenz, roessler, rungeKutta } from "./systems";

const logistic = (x: Tensor) => mul(mul(4, x), sub(1, x));
const unit = (rows: number) => ndarray(uniform(RandomStream.fromSeed(1), rows), [rows, 1]);

describe.each(["cpu", "wasm"])("lyapunovExponent (%s)", (backend) => {
  beforeAll(() => useBackend(backend));

  test("the logistic map: ln 2", async () => {
    const { exponent, standardError } = await lyapunovExponent(logistic, unit(500), {
      steps: 200,
      settle: 10,
      separation: 1e-4,
    });
    expect(standardError).toBeLessThan(0.01);
    expect(Math.abs(exponent - Math.LN2)).toBeLessThan(0.01);
  });

  // Arneodo's: the tangent method in double precision over a time of 80,000 gives 0.2019 (standard error 0.0005).
  test.each([
    ["Lorenz", lorenz(8 / 3), 0.02, cloud(200, [1, 1, 25], 3), 800, 0.9056, 0.03],
    ["Roessler", roessler, 0.1, cloud(100, [4, -2, 0.1], 0.5), 1500, 0.0714, 0.01],
    ["Arneodo", arneodo, 0.05, cloud(100, [-2.3, 0.2, 1], 0.3), 1000, 0.202, 0.015],
    ["Duffing, which settles", duffing, 0.1, cloud(50, [1, 0], 0.2), 500, -0.15, 0.01],
  ])("%s", async (_, flow, timeStep, starts, steps, expected, tolerance) => {
    const step = rungeKutta(flow, timeStep);
    const { exponent, standardError } = await lyapunovExponent(step, starts, {
      steps,
      settle: 250,
      timeStep,
    });
    expect(standardError).toBeLessThan(tolerance / 2);
    expect(Math.abs(exponent - expected)).toBeLessThan(tolerance);
  });

  test("same seed, same exponent; no tensor is left, not even after an abort", async () => {
    const before = memory().numTensors;
    const once = await lyapunovExponent(logistic, unit(5), { steps: 60 });
    expect(await lyapunovExponent(logistic, unit(5), { steps: 60 })).toEqual(once);
    const controller = new AbortController();
    const aborted = lyapunovExponent(logistic, unit(5), {
      steps: 200,
      onProgress: ({ step }) => step === 100 && controller.abort(new Error("enough")),
      signal: controller.signal,
    });
    await expect(aborted).rejects.toThrow("enough");
    expect(memory().numTensors).toBe(before);
  });

  test.each([
    [cloud(2, [Number.NaN], 1), { steps: 1 }, "starts must be finite and [rows, size], not empty, got [2,1]"],
    [unit(2), { steps: 0 }, "steps must be finite and positive, got 0"],
    [unit(2), { steps: 10, timeStep: -1 }, "timeStep must be finite and positive, got -1"],
    [unit(2), { steps: 1.5 }, "steps and settle must be whole numbers, got 1.5 and 100"],
  ])("refuses %o %o", async (starts, options, message) => {
    await expect(lyapunovExponent(logistic, starts, options)).rejects.toThrow(`lyapunovExponent: ${message}`);
  });

  test("refuses states that do not stay finite", async () => {
    const step = (x: Tensor) => mul(mul(1e10, x), x);
    await expect(lyapunovExponent(step, unit(2), { steps: 20 })).rejects.toThrow("must stay finite");
  });
});
