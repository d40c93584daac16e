import { memory, type Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { findFixedPoints } from "../../src/dynamics";
import { useBackend } from "../backend";
import { cloud, duffing } from "../dynamics/systems";
import { adapters, inputsOf } from "../layers/adapters";
import { relativeError } from "../ops/values";
import { BACKEND, takeErrors, useOwnBackend } from "./context";

beforeAll(useOwnBackend);
afterEach(() => expect(takeErrors()).toEqual([]));

describe(`tfjs-layers on ${BACKEND}`, () => {
  test.for(adapters.map((adapter) => ({ adapter, name: adapter.name })))(
    "$name computes what it does on cpu",
    async ({ adapter }, { task }) => {
      const outputs = async () => {
        const layer = adapter.make();
        const inputs = inputsOf(adapter);
        const outputs = [layer.apply(inputs.length === 1 ? inputs[0]! : inputs)].flat() as Tensor[];
        return Promise.all(outputs.map((y) => y.data()));
      };
      await useBackend("cpu");
      const expected = await outputs();
      await useOwnBackend();
      const actual = await outputs();
      task.meta.difference = Math.max(...expected.map((values, i) => relativeError(actual[i]!, values)));
      expect(task.meta.difference).toBeLessThan(1e-5);
    },
  );
});

test(`fixed points on ${BACKEND}: three of the Duffing oscillator`, async ({ task }) => {
  const before = memory().numTensors;
  const { points } = await findFixedPoints({ flow: duffing }, cloud(16, [0, 0], 1), { iterations: 100 });
  const found = points.map(({ state }) => [...state]).sort(([a], [b]) => a! - b!);
  expect(found.length).toBe(3);
  task.meta.difference = relativeError(found.flat(), [-1, 0, 0, 0, 1, 0]);
  expect(task.meta.difference).toBeLessThan(1e-4);
  expect(memory().numTensors).toBe(before);
});
