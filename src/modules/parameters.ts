import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { normal, type RandomStream } from "../random";

/** Tensors by name; the names are those of lfads-torch. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** The same parameters under `prefix.`. */
export function prefixed(prefix: string, parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`${prefix}.${name}`, value]));
}

/** The parameters under `prefix.`, named as their module names them. */
export function scoped(parameters: Parameters, prefix: string): Parameters {
  const start = `${prefix}.`;
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => name.startsWith(start))
      .map(([name, value]) => [name.slice(start.length), value]),
  );
}

/**
 * The parameter called `name`.
 * @throws if there is none
 */
export function parameter(parameters: Parameters, name: string): Tensor {
  const value = parameters[name];
  if (!value) {
    throw new Error(
      `parameter: no parameter is called "${name}", there are ${Object.keys(parameters).join(", ")}`,
    );
  }
  return value;
}

/** Weights drawn from N(0, 1 / fan). */
export function fanInWeights(stream: RandomStream, shape: number[], fan: number): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(normal(stream, size, 0, 1 / Math.sqrt(fan)), shape);
}
