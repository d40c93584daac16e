import { ones, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { rungeKutta, rungeKutta4 } from "../../src/dynamics";
import { type MlpWeights, type OdeSequenceOptions, odeSequence } from "../../src/ops";
import { mlp } from "../../src/ops/mlp";
import { useBackend } from "../backend";

beforeAll(() => useBackend("cpu"));

const options: OdeSequenceOptions = {
  ...{ bins: 2, activation: "tanh", tableau: rungeKutta4.tableau, timeStep: 0.1, stepsPerBin: 1 },
};

function refused(change: {
  readonly options?: object;
  readonly weights?: (own: MlpWeights) => object;
  readonly h0?: () => Tensor;
  readonly x?: () => Tensor;
}): string {
  return tidy(() => {
    const own = { weights: [ones([5, 3]), ones([3, 5])], biases: [zeros([5]), zeros([3])] };
    const weights = { ...own, ...change.weights?.(own) };
    try {
      odeSequence(change.x?.() ?? null, weights, change.h0?.() ?? ones([4, 3]), {
        ...options,
        ...change.options,
      });
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("nothing was refused");
  });
}

test("what does not fit is refused by name and value", () => {
  const input = { inputWeight: ones([5, 2]) };
  expect(refused({ options: { bins: 0 } })).toBe("odeSequence: bins must be an integer of at least 1, got 0");
  expect(refused({ options: { stepsPerBin: 1.5 } })).toBe(
    "odeSequence: stepsPerBin must be an integer of at least 1, got 1.5",
  );
  expect(refused({ options: { timeStep: Number.NaN } })).toBe(
    "odeSequence: timeStep must be finite, got NaN",
  );
  expect(refused({ options: { activation: "gelu" } })).toBe(
    'odeSequence: activation must be one of tanh, relu, softplus, got "gelu"',
  );
  expect(refused({ options: { tableau: { stages: [[1]], weights: [1] } } })).toBe(
    "odeSequence: weights of a tableau must have length 2, got 1",
  );
  expect(refused({ weights: () => ({ weights: [] }) })).toBe(
    "odeSequence: each layer needs a weight and a bias, got 0 and 2",
  );
  expect(refused({ h0: () => ones([4, 2]) })).toBe("odeSequence: h0 must be [4,3], got [4,2]");
  expect(refused({ weights: ({ biases }) => ({ biases: [biases[0], zeros([5])] }) })).toBe(
    "odeSequence: biases[1] must be [3], got [5]",
  );
  expect(refused({ x: () => ones([2, 4, 2]) })).toBe(
    "odeSequence: an input needs an inputWeight, and that an input, got x [2,4,2] and no inputWeight",
  );
  expect(refused({ weights: () => input })).toBe(
    "odeSequence: an input needs an inputWeight, and that an input, got inputWeight [5,2] and no x",
  );
  expect(refused({ weights: () => input, x: () => ones([2, 4]) })).toBe(
    "odeSequence: x must be [2,4,2], got [2,4]",
  );
});

test("a field with a weight for inputs must get them, and no other", () => {
  tidy(() => {
    const own = { weights: [ones([3, 3])], biases: [zeros([3])] };
    const state = ones([4, 3]);
    expect(() => mlp(own, "tanh", ones([4, 2]), state)).toThrow(
      "mlp: an input needs a weight, and that weight an input, got an input [4,2] and none",
    );
    expect(() => mlp({ ...own, inputWeight: ones([3, 2]) }, "tanh", null, state)).toThrow(
      "mlp: an input needs a weight, and that weight an input, got a weight and no input",
    );
  });
});

test("a tableau whose lengths do not fit makes no solver", () => {
  expect(() => rungeKutta("own", 2, { stages: [[1, 0]], weights: [0.5, 0.5] })).toThrow(
    "RungeKutta: stages[0] of a tableau must have length 1, got 2",
  );
  expect(() => rungeKutta("own", 2, { stages: [[1]], weights: [0.5, 0.5, 0] })).toThrow(
    "RungeKutta: weights of a tableau must have length 2, got 3",
  );
});
