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

/** Outputs of an operation and the gradients of a random linear function of them. */
export function compute(op: (inputs: Named<Tensor>) => Named<Tensor>, inputs: Named<Values>): Computed {
  const variables = Object.fromEntries(Object.entries(inputs).map(([name, v]) => [name, toTensor(v)]));
  const before = memory().numTensors;
  const read = (tensors: Named<Tensor>) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, y]) => [name, y.dataSync().slice() as Float32Array]),
    );
  const outputs = tidy(() => read(op(variables)));
  const { value, gradients } = valueAndGradients(
    () =>
      tidy(() =>
        Object.entries(op(variables))
          .map(([name, y]) => sum(mul(y, tensor([...randomValues(name, y.shape).data], y.shape))))
          .reduce((total, part) => add(total, part)),
      ),
    variables,
  );
  const read_ = read(gradients);
  dispose([value, ...Object.values(gradients)]);
  const left = memory().numTensors - before;
  dispose(Object.values(variables));
  return { outputs, gradients: read_, left };
}
