import {
  backend,
  engine,
  getBackend,
  getGradient,
  getKernel,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
} from "@tensorflow/tfjs-core";

/** Plain numbers and switches that go with the tensors of an {@link Op}. */
export type Attributes = Readonly<Record<string, number | boolean>>;

/**
 * A function of tensors with its own gradient and several outputs, run as a TensorFlow.js kernel. Written in plain
 * tensor operations it runs on every backend; a faster kernel registered under the same name for one backend takes
 * its place there.
 */
export interface Op<Inputs extends NamedTensorMap, A extends Attributes> {
  /** Kernel name in the TensorFlow.js registry. */
  readonly name: string;
  /** How many of the outputs the caller sees; the others are activations saved for the gradient. */
  readonly results: number;
  /** How many tensors `forward` returns. */
  readonly outputs: number;
  forward(inputs: Inputs, attributes: A): Tensor[];
  /** Gradients as thunks by input name: one that nobody asks for costs nothing. */
  gradient(
    dys: readonly Tensor[],
    inputs: Inputs,
    outputs: readonly Tensor[],
    attributes: A,
  ): { readonly [Name in keyof Inputs]: () => Tensor };
}

/** Runs `op` on the current backend, registering it there on first use. */
export function runOp<Inputs extends NamedTensorMap, A extends Attributes>(
  op: Op<Inputs, A>,
  inputs: Inputs,
  attributes: A,
): Tensor[] {
  register(op);
  // TensorFlow.js saves all inputs of a kernel only when they come as an array.
  const outputs = engine().runKernel(op.name, Object.values(inputs) as unknown as NamedTensorMap, {
    ...attributes,
    inputNames: Object.keys(inputs),
  }) as unknown as Tensor[];
  // The tape holds its own references to what it saved.
  for (const activation of outputs.slice(op.results)) activation.dispose();
  return outputs.slice(0, op.results);
}

function register<Inputs extends NamedTensorMap, A extends Attributes>(op: Op<Inputs, A>): void {
  backend(); // initialises the backend: only then has it a name
  if (!getKernel(op.name, getBackend())) {
    registerKernel({
      kernelName: op.name,
      backendName: getBackend(),
      kernelFunc: ({ inputs, attrs }) =>
        op.forward(byName(Object.values(inputs) as Tensor[], attrs) as Inputs, attrs as unknown as A),
    });
  }
  if (!getGradient(op.name)) {
    registerGradient({
      kernelName: op.name,
      saveAllInputs: true,
      outputsToSave: new Array<boolean>(op.outputs).fill(true),
      gradFunc: (dys, saved, attrs) => {
        const inputs = byName(saved, attrs) as Inputs;
        const names = Object.keys(inputs);
        const outputs = saved.slice(names.length);
        const thunks = op.gradient(Array.isArray(dys) ? dys : [dys], inputs, outputs, attrs as unknown as A);
        return Object.fromEntries(names.map((name, i) => [i, thunks[name]!]));
      },
    });
  }
}

function byName(tensors: readonly Tensor[], attributes: unknown): Record<string, Tensor> {
  const { inputNames } = attributes as { inputNames: string[] };
  return Object.fromEntries(inputNames.map((name, i) => [name, tensors[i]!]));
}
