import {
  backend,
  engine,
  getBackend,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { type KernelPath, kernelPath } from "./kernelPath";

/** What goes with the tensors of an {@link Op}. */
export type Attributes = object;

/** A way to compute an {@link Op} and its gradient. */
export interface Implementation<Inputs extends NamedTensorMap, A extends Attributes> {
  /**
   * The results, then activations saved for the gradient of the same implementation.
   * @param recording whether a gradient may follow
   */
  forward(inputs: Inputs, attributes: A, recording: boolean): Tensor[];
  /** Gradients as thunks by input name: one that nobody asks for costs nothing. */
  gradient(
    dys: readonly Tensor[],
    inputs: Inputs,
    outputs: readonly Tensor[],
    attributes: A,
  ): { readonly [Name in keyof Inputs]: () => Tensor };
}

/**
 * A function of tensors with its own gradient and several outputs, run as a TensorFlow.js kernel. It is itself the
 * implementation in plain tensor operations, which runs on every backend; {@link useImplementation} gives a path
 * a faster one.
 */
export interface Op<Inputs extends NamedTensorMap, A extends Attributes> extends Implementation<Inputs, A> {
  /** Kernel name in the TensorFlow.js registry. */
  readonly name: string;
  /** How many of the outputs the caller sees; the others are the saved activations. */
  readonly results: number;
  /** The largest number of outputs of any implementation, 0 when there is no gradient to save them for. */
  readonly outputs: number;
}

/** Faster implementations, by path and name of the operation. */
const implementations = new Map<string, unknown>();

/** From now on `op` runs as `implementation` on a path. */
export function useImplementation<Inputs extends NamedTensorMap, A extends Attributes>(
  path: KernelPath,
  op: Op<Inputs, A>,
  implementation: Implementation<Inputs, A>,
): void {
  implementations.set(`${path}/${op.name}`, implementation);
}

/** Runs `op` on the current backend, registering it there on first use. */
export function runOp<Inputs extends NamedTensorMap, A extends Attributes>(
  op: Op<Inputs, A>,
  inputs: Inputs,
  attributes: A,
): Tensor[] {
  register(op);
  const call: Call<Inputs, A> = {
    // The gradient must come from the implementation whose activations it finds.
    implementation: (implementations.get(`${kernelPath()}/${op.name}`) as Implementation<Inputs, A>) ?? op,
    attributes,
    inputNames: Object.keys(inputs),
  };
  // TensorFlow.js saves all inputs of a kernel only when they come as an array.
  const outputs = engine().runKernel(
    op.name,
    Object.values(inputs) as unknown as NamedTensorMap,
    call as unknown as NamedAttrMap,
  ) as unknown as Tensor[];
  // The tape holds its own references to what it saved.
  for (const activation of outputs.slice(op.results)) activation.dispose();
  return outputs.slice(0, op.results);
}

/** What a kernel and its gradient find as their attributes. */
interface Call<Inputs extends NamedTensorMap, A extends Attributes> {
  readonly implementation: Implementation<Inputs, A>;
  readonly attributes: A;
  readonly inputNames: readonly string[];
}

function register<Inputs extends NamedTensorMap, A extends Attributes>(op: Op<Inputs, A>): void {
  backend(); // initialises the backend: only then has it a name
  const callOf = (attrs: unknown) => attrs as Call<Inputs, A>;
  if (!getKernel(op.name, getBackend())) {
    registerKernel({
      kernelName: op.name,
      backendName: getBackend(),
      kernelFunc: ({ inputs, attrs }) => {
        const { implementation, attributes, inputNames } = callOf(attrs);
        const named = byName(Object.values(inputs) as Tensor[], inputNames) as Inputs;
        return implementation.forward(named, attributes, engine().state.gradientDepth > 0);
      },
    });
  }
  if (!getGradient(op.name)) {
    registerGradient({
      kernelName: op.name,
      saveAllInputs: true,
      outputsToSave: new Array<boolean>(op.outputs).fill(true),
      gradFunc: (dys, saved, attrs) => {
        const { implementation, attributes, inputNames } = callOf(attrs);
        const inputs = byName(saved, inputNames) as Inputs;
        const outputs = saved.slice(inputNames.length);
        const thunks = implementation.gradient(Array.isArray(dys) ? dys : [dys], inputs, outputs, attributes);
        return Object.fromEntries(inputNames.map((name, i) => [i, thunks[name]!]));
      },
    });
  }
}

function byName(tensors: readonly Tensor[], names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
}
