import { memory } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { useKernels } from "../../src/kernels";
import { infer, type LFADS, loadLfadsTorch, saveLfadsTorch } from "../../src/model";
import { deserializeTrainingState, fit, serializeTrainingState, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import { relativeError } from "../ops/values";
import { BACKEND, takeErrors, useOwnBackend } from "./context";
import { type Case, MODELS } from "./models";

beforeAll(async () => {
  await useBackend("cpu");
  await useKernels({ path: "composed" });
});
afterEach(() => expect(takeErrors()).toEqual([]));

describe.each(Object.entries<Case>(MODELS))(`%s, on ${BACKEND}`, (_, { model, data, options }) => {
  let onCpu: TrainingState;
  beforeAll(async () => {
    await useBackend("cpu");
    onCpu = await trained(model());
  });

  async function trained(own: LFADS, more: Case["options"] = {}): Promise<TrainingState> {
    const { state } = await fit(own, data, { ...options, ...more });
    own.dispose();
    expect(state.skipped.total).toBe(0);
    return state;
  }

  test("ends with the parameters of cpu, the same every time, and leaves no tensors", async ({ task }) => {
    await useOwnBackend();
    const before = memory();
    const state = await trained(model());
    expect([memory().numTensors, memory().numBytes]).toEqual([before.numTensors, before.numBytes]);
    task.meta.difference = difference(state, onCpu);
    expect(task.meta.difference).toBeLessThan(1e-5);
    expect(serializeTrainingState(await trained(model()))).toEqual(serializeTrainingState(state));
  });

  test("goes on with what cpu has saved, and cpu with what it has saved", async ({ task }) => {
    const half = { epochs: 1 };
    const from = async (use: () => Promise<void>) => {
      await use();
      return serializeTrainingState(await trained(model(), half));
    };
    const onWith = async (use: () => Promise<void>, bytes: Uint8Array) => {
      await use();
      return trained(model(), { resume: deserializeTrainingState(bytes) });
    };
    const cpu = () => useBackend("cpu");
    const there = await onWith(useOwnBackend, await from(cpu));
    const back = await onWith(cpu, await from(useOwnBackend));
    task.meta.difference = Math.max(difference(there, onCpu), difference(back, onCpu));
    expect(task.meta.difference).toBeLessThan(1e-5);
  });

  test("infers the rates of cpu, from a file that cpu has written", async ({ task }) => {
    await useBackend("cpu");
    const written = model();
    const file = await saveLfadsTorch(written);
    const inferred = async (own: LFADS) => {
      const results = [];
      for (const samples of [0, 2]) results.push(await infer(own, data.valid, { samples }));
      own.dispose();
      return results;
    };
    const expected = await inferred(written);
    await useOwnBackend();
    const read = model();
    loadLfadsTorch(read, file);
    const actual = await inferred(read);
    const errors = actual.flatMap(({ rates, factors }, i) => [
      relativeError(rates.data, expected[i]!.rates.data),
      relativeError(factors.data, expected[i]!.factors.data),
    ]);
    task.meta.difference = Math.max(...errors);
    expect(task.meta.difference).toBeLessThan(1e-5);
  });

  test("leaves updates out that are not finite", async () => {
    await useOwnBackend();
    const own = model();
    const before = await valuesOf(own);
    const { state } = await fit(own, data, { ...options, epochs: 1, lossScale: 1e38, maxSkipped: 100 });
    expect(state.skipped.total).toBe(state.setup.batches);
    expect(await valuesOf(own)).toEqual(before);
    own.dispose();
  });
});

/** Largest of parameters. */
function difference(a: TrainingState, b: TrainingState): number {
  expect(Object.keys(a.parameters)).toEqual(Object.keys(b.parameters));
  return Math.max(
    ...Object.entries(a.parameters).map(([name, { data }]) => relativeError(data, b.parameters[name]!.data)),
  );
}

async function valuesOf({ parameters }: LFADS): Promise<Record<string, readonly number[]>> {
  const entries = Object.entries(parameters).map(async ([name, x]) => [name, [...(await x.data())]] as const);
  return Object.fromEntries(await Promise.all(entries));
}
