import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import {
  matMul,
  memory,
  mul,
  neg,
  registerBackend,
  removeBackend,
  setBackend,
  square,
  sub,
  tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  adaptiveTsit5,
  type Derivative,
  euler,
  midpoint,
  type OdeSolver,
  type RungeKutta,
  rungeKutta,
  rungeKutta4,
  tsit5,
} from "../../src/dynamics";
import type { Tableau } from "../../src/ops";
import { useBackend } from "../backend";
import { checkGradients, randomValues, type Values } from "../ops/differences";

interface Problem {
  readonly name: string;
  readonly derivative: Derivative;
  /** The same in double precision. */
  readonly plain: (x: readonly number[]) => number[];
  readonly start: readonly number[];
  solution(time: number): number[];
}

const problems: readonly Problem[] = [
  {
    name: "harmonic oscillator",
    derivative: (x) => matMul(x, tensor([0, -1, 1, 0], [2, 2])),
    plain: ([x, y]) => [y!, -x!],
    start: [1, 0],
    solution: (t) => [Math.cos(t), -Math.sin(t)],
  },
  {
    name: "exponential decay",
    derivative: (x) => neg(x),
    plain: (x) => x.map((value) => -value),
    start: [1, 0.5],
    solution: (t) => [Math.exp(-t), 0.5 * Math.exp(-t)],
  },
  {
    name: "logistic growth",
    derivative: (x) => mul(x, sub(1, x)),
    plain: (x) => x.map((value) => value * (1 - value)),
    start: [0.1, 0.9],
    solution: (t) => [0.1, 0.9].map((x) => x / (x + (1 - x) * Math.exp(-t))),
  },
];

function solve(solver: OdeSolver, { derivative, start }: Problem, time: number, steps: number): number[] {
  return tidy(() => {
    let state = tensor([...start], [1, start.length]);
    for (let i = 0; i < steps; i++) state = solver.step(derivative, state, time / steps);
    return Array.from(state.dataSync());
  });
}

function plainSolve(
  { tableau }: RungeKutta,
  { plain, start }: Problem,
  time: number,
  steps: number,
): number[] {
  let state = [...start];
  for (let i = 0; i < steps; i++) state = plainStep(tableau, plain, state, time / steps);
  return state;
}

const largestError = (actual: readonly number[], expected: readonly number[]) =>
  Math.max(...actual.map((x, i) => Math.abs(x - expected[i]!)));

const heun = rungeKutta("heun", 2, { stages: [[1]], weights: [1 / 2, 1 / 2] });

describe.each(["cpu", "wasm"])("solvers on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each([euler, midpoint, heun, rungeKutta4, tsit5])("$name", (solver) => {
    test.each(problems)("converges by its order on $name", (problem) => {
      // The order shows in double precision; there the steps of tensors are the same up to rounding.
      const solution = problem.solution(4);
      const [coarse, fine] = [80, 160].map((n) => largestError(plainSolve(solver, problem, 4, n), solution));
      expect(fine).toBeGreaterThan(4e-15);
      const order = Math.log2(coarse! / fine!);
      expect(order).toBeGreaterThan(solver.order - 0.1);
      expect(order).toBeLessThan(solver.order + 0.5);
      for (const steps of [4, 20]) {
        const plain = plainSolve(solver, problem, 4, steps);
        expect(largestError(solve(solver, problem, 4, steps), plain)).toBeLessThan(5e-6);
      }
    });

    test("gradients by state and parameters are those of the steps", () => {
      const time = 0.7;
      checkGradients(
        ({ state, a, b }) => {
          const derivative: Derivative = (x) => sub(matMul(square(x), a!), mul(b!, x));
          const once = solver.step(derivative, state!, time);
          return { state: solver.step(derivative, once, time) };
        },
        ({ state, a, b }) => {
          const derivative = (x: readonly number[]) => quadratic(x, a!.data, b!.data);
          const step = (x: readonly number[]) => plainStep(solver.tableau, derivative, x, time);
          return { state: rows(state!).flatMap((x) => step(step(x))) };
        },
        {
          state: randomValues("state", [3, 2], 0.3),
          a: randomValues("a", [2, 2], 0.5),
          b: randomValues("b", [1, 2]),
        },
      );
    });
  });

  test("steps leave no tensors behind", () => {
    const state = tensor([1, 0], [1, 2]);
    const before = memory().numTensors;
    for (const solver of [euler, midpoint, rungeKutta4, tsit5, adaptiveTsit5()]) {
      tidy(() => {
        solver.step(problems[2]!.derivative, state, 3);
      });
    }
    expect(memory().numTensors).toBe(before);
    state.dispose();
  });
});

describe("adaptiveTsit5", () => {
  beforeAll(() => useBackend("cpu"));

  test.each(problems)("keeps to its tolerance on $name, with more steps for less error", (problem) => {
    const run = (tolerance: number) => {
      const solver = adaptiveTsit5({ absoluteTolerance: tolerance, relativeTolerance: tolerance });
      const error = largestError(solve(solver, problem, 10, 1), problem.solution(10));
      return { error, ...solver.statistics };
    };
    const runs = [1e-3, 1e-4, 1e-5].map(run);
    runs.forEach(({ error, accepted, rejected, evaluations }, i) => {
      // A step may err by both tolerances, for states of size 1; errors of the steps add up.
      expect(error).toBeLessThanOrEqual(2 * 10 ** -(i + 3) * accepted);
      expect(evaluations).toBe(1 + 6 * (accepted + rejected));
    });
    const accepted = runs.map((one) => one.accepted);
    expect(accepted).toEqual([...accepted].sort((a, b) => a - b));
    expect(runs[2]!.accepted).toBeGreaterThan(runs[0]!.accepted);
    expect(runs[2]!.error).toBeLessThan(runs[0]!.error);
  });

  test("the worst row decides: one that moves fast among many that rest", () => {
    const start = (fast: number) => tensor([fast, ...new Array(999).fill(0)], [1000, 1]);
    const solver = adaptiveTsit5({ absoluteTolerance: 1e-5, relativeTolerance: 1e-5 });
    tidy(() => {
      const [fast] = solver.step((x) => mul(-6, x), start(1), 2).dataSync();
      expect(Math.abs(fast! - Math.exp(-12))).toBeLessThan(1e-4);
      expect(solver.statistics.accepted).toBeGreaterThan(5);
    });
  });

  test("calls do not depend on each other; the first step can be given", () => {
    tidy(() => {
      const solver = adaptiveTsit5();
      const state = tensor([1, 0], [1, 2]);
      const step = (time: number, own = solver) => [
        ...own.step(problems[0]!.derivative, state, time).dataSync(),
      ];
      const first = step(1);
      step(9);
      expect(step(1)).toEqual(first);
      const short = adaptiveTsit5({ firstStep: 0.01 });
      step(1, short);
      expect(short.statistics.accepted).toBe(3); // 0.01, 0.1, the rest
    });
  });

  test("gradients are those of its steps", () => {
    // One step is accepted at once: the reference is the fixed method.
    checkGradients(
      ({ state, a, b }) => ({
        state: adaptiveTsit5({ absoluteTolerance: 1 }).step(
          (x) => sub(matMul(square(x), a!), mul(b!, x)),
          state!,
          0.7,
        ),
      }),
      ({ state, a, b }) => ({
        state: rows(state!).flatMap((x) =>
          plainStep(tsit5.tableau, (y) => quadratic(y, a!.data, b!.data), x, 0.7),
        ),
      }),
      {
        state: randomValues("state", [3, 2], 0.3),
        a: randomValues("a", [2, 2], 0.5),
        b: randomValues("b", [1, 2]),
      },
    );
    // Several steps, some rejected: the reference is the solution, x0 / (x0 + (1 - x0) exp(-t)).
    const solver = adaptiveTsit5({ absoluteTolerance: 1e-6, relativeTolerance: 1e-6 });
    checkGradients(
      ({ state }) => ({ state: solver.step(problems[2]!.derivative, state!, 6) }),
      ({ state }) => ({ state: state!.data.map((x) => x / (x + (1 - x) * Math.exp(-6))) }),
      { state: { data: [0.1, 0.02, 0.5], shape: [3, 1] } },
      { outputs: 1e-5, gradients: 1e-4 },
    );
    expect(solver.statistics.rejected).toBeGreaterThan(0);
    expect(solver.statistics.accepted).toBeGreaterThan(2);
  });

  test("what leaves for infinity is an error that says where", () => {
    tidy(() => {
      const one = tensor([1, 0], [2, 1]);
      // x' = x^2 from 1 is at infinity at time 1.
      expect(() => adaptiveTsit5().step((x) => square(x), one, 2)).toThrow(
        /^adaptiveTsit5: (steps must be at least 2e-9 long, got .* at time (0\.99|1)|the state must be finite, got Infinity at time 1)/,
      );
      expect(() => adaptiveTsit5({ maxSteps: 20 }).step((x) => mul(-1000, x), one, 1)).toThrow(
        /^adaptiveTsit5: the time must be done in at most 20 steps, got to 0\.\d+ of 1$/,
      );
      expect(() => adaptiveTsit5().step((x) => mul(x, Number.NaN), one, 1)).toThrow(
        "adaptiveTsit5: the derivative must be finite, got NaN at time 0 of 1",
      );
      const lost = tensor([1, Infinity], [2, 1]);
      expect(() => adaptiveTsit5().step((x) => neg(x), lost, 1)).toThrow(
        "adaptiveTsit5: the state must be finite, got Infinity at time 0 of 1",
      );
    });
  });

  test("a backend that cannot read synchronously is refused", async () => {
    registerBackend("webgpu", () => new MathBackendCPU()); // only the name matters
    await setBackend("webgpu");
    expect(() => adaptiveTsit5().step((x) => x, tensor([1], [1, 1]), 1)).toThrow(
      'adaptiveTsit5: the backend must be able to read synchronously, got "webgpu"; take tsit5',
    );
    removeBackend("webgpu");
    await useBackend("cpu");
  });

  test("options that make no sense are refused", () => {
    expect(() => adaptiveTsit5({ absoluteTolerance: 0 })).toThrow(
      "adaptiveTsit5: absoluteTolerance must be positive, got 0",
    );
    expect(() => adaptiveTsit5({ relativeTolerance: Number.NaN })).toThrow(
      "adaptiveTsit5: relativeTolerance must be positive, got NaN",
    );
    expect(() => adaptiveTsit5({ maxSteps: 0.5 })).toThrow(
      "adaptiveTsit5: maxSteps must be a positive integer, got 0.5",
    );
    expect(() => adaptiveTsit5({ tolerance: 1 } as object)).toThrow(/adaptiveTsit5.*tolerance/);
    tidy(() => {
      expect(() => adaptiveTsit5().step((x) => x, tensor([1], [1, 1]), 0)).toThrow(
        "adaptiveTsit5: time must be positive and finite, got 0",
      );
    });
  });
});

/** `square(x) A - b x` of one row. */
function quadratic(x: readonly number[], a: readonly number[], b: readonly number[]): number[] {
  return x.map((own, j) => x.reduce((sum, v, i) => sum + v * v * a[i * x.length + j]!, 0) - b[j]! * own);
}

/** A Runge-Kutta step in double precision. */
function plainStep(
  { stages, weights }: Tableau,
  derivative: (x: readonly number[]) => number[],
  x: readonly number[],
  time: number,
): number[] {
  const slopes: number[][] = [];
  const moved = (factors: readonly number[]) =>
    x.map((own, j) => own + time * factors.reduce((sum, w, i) => sum + w * slopes[i]![j]!, 0));
  for (const factors of [[], ...stages]) slopes.push(derivative(moved(factors)));
  return moved(weights);
}

function rows({ data, shape }: Values): number[][] {
  const width = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, row) => data.slice(row * width, (row + 1) * width));
}
