import { add, dispose, memory, mul, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { normal, RandomStream } from "../../src/random";
import { valueAndGradients } from "../../src/train/gradients";

/** Numbers with a shape, in double precision. */
export interface Values {
  readonly data: readonly number[];
  readonly shape: readonly number[];
}

export type Named<T> = Readonly<Record<string, T>>;

/** Standard normal numbers that float32 holds exactly. */
export function randomValues(seed: string | number, shape: readonly number[], scale = 1): Values {
  const size = shape.reduce((product, n) => product * n, 1);
  const draws = normal(RandomStream.fromSeed("values").fork(seed), size, 0, scale);
  return { data: Array.from(draws), shape };
}

export function toTensor({ data, shape }: Values): Tensor {
  return tensor(Float32Array.from(data), [...shape], "float32");
}

/** A scalar function's derivatives by central differences: exact to about 1e-9 in double precision. */
export function differences(
  f: (inputs: Named<Values>) => number,
  inputs: Named<Values>,
  step = 1e-5,
): Record<string, number[]> {
  const at = (name: string, i: number, by: number) => {
    const { data, shape } = inputs[name]!;
    const moved = data.map((x, j) => (j === i ? x + by : x));
    return f({ ...inputs, [name]: { data: moved, shape } });
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { data }]) => [
      name,
      data.map((_, i) => (at(name, i, step) - at(name, i, -step)) / (2 * step)),
    ]),
  );
}

/** Largest difference, relative to the largest expected value but no less than `floor`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1): number {
  expect(actual.length).toBe(expected.length);
  let largest = floor;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const difference = Math.abs(actual[i]! - expected[i]!);
    error = Math.max(error, Number.isNaN(difference) ? Infinity : difference);
  }
  return error / largest;
}

/**
 * Holds the outputs of `op` to a reference in double precision, its gradients by every input to differences of that
 * reference, and counts the tensors that stay behind.
 */
export function checkGradients(
  op: (inputs: Named<Tensor>) => Named<Tensor>,
  reference: (inputs: Named<Values>) => Named<readonly number[]>,
  inputs: Named<Values>,
  { outputs = 1e-6, gradients = 1e-5 }: { outputs?: number; gradients?: number } = {},
): void {
  const tensors = memory().numTensors;
  const variables = Object.fromEntries(Object.entries(inputs).map(([name, v]) => [name, toTensor(v)]));
  const actual = tidy(() =>
    Object.fromEntries(Object.entries(op(variables)).map(([name, y]) => [name, Array.from(y.dataSync())])),
  );
  const expected = reference(inputs);
  const weights = Object.fromEntries(
    Object.entries(expected).map(([name, y]) => [name, randomValues(`weight of ${name}`, [y.length]).data]),
  );
  const reports: Record<string, number> = {};
  for (const [name, y] of Object.entries(expected)) {
    reports[name] = relativeError(actual[name]!, y) / outputs;
  }
  const numerical = differences(
    (at) =>
      Object.entries(reference(at)).reduce(
        (total, [name, y]) => y.reduce((part, v, i) => part + v * weights[name]![i]!, total),
        0,
      ),
    inputs,
  );
  const { value, gradients: analytic } = valueAndGradients(
    () =>
      tidy(() =>
        Object.entries(op(variables))
          .map(([name, y]) => sum(mul(y, tensor(weights[name]!, y.shape))))
          .reduce((total, part) => add(total, part)),
      ),
    variables,
  );
  for (const [name, derivatives] of Object.entries(numerical)) {
    const gradient = analytic[name];
    expect(gradient?.shape, `gradient by ${name}`).toEqual(inputs[name]!.shape);
    reports[`gradient by ${name}`] = relativeError(gradient!.dataSync(), derivatives, 1e-3) / gradients;
  }
  const misses = Object.entries(reports).filter(([, error]) => !(error <= 1));
  expect(misses, "errors in units of their bounds").toEqual([]);
  dispose([value, ...Object.values(analytic), ...Object.values(variables)]);
  expect(memory().numTensors, "tensors left behind").toBe(tensors);
}
