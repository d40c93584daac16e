import { add, dispose, memory, mul, sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { valueAndGradients } from "../../src/train/gradients";
import { type Named, randomValues, toTensor, type Values } from "../ops/values";

/** What an operation makes of its inputs. */
export interface Computed {
  readonly outputs: Named<Float32Array>;
  readonly gradients: Named<Float32Array>;
  /** Tensors that stay behind. */
  readonly left: number;
}

type Operation = (inputs: Named<Tensor>) => Named<Tensor>;

/** Outputs of an operation and the gradients of a random linear function of them. */
export function compute(op: Operation, inputs: Named<Values>): Computed {
  const { tensors, end } = start(op, inputs);
  return end(tensors.map((y) => y.dataSync<"float32">().slice()));
}

/** {@link compute} on backends that cannot be waited for. */
export async function computeLater(op: Operation, inputs: Named<Values>): Promise<Computed> {
  const { tensors, end } = start(op, inputs);
  return end(await Promise.all(tensors.map(async (y) => (await y.data<"float32">()).slice())));
}

/** Computes, and ends with the values of the tensors. */
function start(op: Operation, inputs: Named<Values>) {
  const variables = Object.fromEntries(Object.entries(inputs).map(([name, v]) => [name, toTensor(v)]));
  const before = memory().numTensors;
  const outputs = tidy(() => ({ ...op(variables) }) as Record<string, Tensor>);
  const { value, gradients } = valueAndGradients(
    () =>
      tidy(() =>
        Object.entries(op(variables))
          .map(([name, y]) => sum(mul(y, tensor([...randomValues(name, y.shape).data], y.shape))))
          .reduce((total, part) => add(total, part)),
      ),
    variables,
  );
  const tensors = [...Object.values(outputs), ...Object.values(gradients)];
  const end = (values: readonly Float32Array[]): Computed => {
    dispose([value, ...tensors]);
    const left = memory().numTensors - before;
    dispose(Object.values(variables));
    const byName = (names: readonly string[], first: number) =>
      Object.fromEntries(names.map((name, i) => [name, values[first + i]!]));
    const names = Object.keys(outputs);
    return { outputs: byName(names, 0), gradients: byName(Object.keys(gradients), names.length), left };
  };
  return { tensors, end };
}
