import { add, dispose, memory, mul, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { valueAndGradients } from "../../src/train/gradients";
import { type Named, randomValues, relativeError, toTensor, type Values } from "./values";

export { type Named, randomValues, relativeError, toTensor, type Values } from "./values";

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
