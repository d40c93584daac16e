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
  zeros,
} from "@tensorflow/tfjs-core";
import { type KernelPath, kernelPath } from "./kernelPath";

/** What goes with the tensors of an {@link Op}. */
export type Attributes = object;

interface Forward<Inputs extends NamedTensorMap, A extends Attributes> {
  /**
   * The results, then activations saved for the gradient of the same implementation.
   * @param recording whether a gradient may follow
   */
  forward(inputs: Inputs, attributes: A, recording: boolean): Tensor[];
}

/** Gradients as thunks by input name: one that nobody asks for costs nothing. */
type Gradients<Inputs extends NamedTensorMap> = { readonly [Name in keyof Inputs]: () => Tensor };

/** A way to compute an {@link Op} and its gradient. */
export interface Implementation<Inputs extends NamedTensorMap, A extends Attributes>
  extends Forward<Inputs, A> {
  /** @param dys by the results; null for a result that has no gradient, not for all of them */
  gradient(
    dys: readonly (Tensor | null)[],
    inputs: Inputs,
    outputs: readonly Tensor[],
    attributes: A,
  ): Gradients<Inputs>;
}

/**
 * A function of tensors with its own gradient and several outputs, run as a TensorFlow.js kernel. It is itself the
 * implementation in plain tensor operations, which runs on every backend; {@link useImplementation} gives a path
 * a faster one.
 */
export interface Op<Inputs extends NamedTensorMap, A extends Attributes> extends Forward<Inputs, A> {
  /** Kernel name in the TensorFlow.js registry. */
  readonly name: string;
  /** How many of the outputs the caller sees; the others are the saved activations. */
  readonly results: number;
  /** The largest number of outputs of any implementation, 0 when there is no gradient to save them for. */
  readonly outputs: number;
  /** @param dys by the results */
  gradient(
    dys: readonly Tensor[],
    inputs: Inputs,
    outputs: readonly Tensor[],
    attributes: A,
  ): Gradients<Inputs>;
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
  const own = implementations.get(`${kernelPath()}/${op.name}`) as Implementation<Inputs, A> | undefined;
  const call: Call<Inputs, A> = { implementation: own ?? op, attributes, inputNames: Object.keys(inputs) };
  // TensorFlow.js saves all inputs of a kernel only when they come as an array.
  const outputs = engine().runKernel(
    op.name,
    Object.values(inputs) as unknown as NamedTensorMap,
    call as unknown as NamedAttrMap,
  ) as unknown as Tensor[];
  const node = engine().state.activeTape?.at(-1);
  if (node && node.outputs[0] === outputs[0]) node.gradient = gradientOf(op, own, call, node);
  // The tape holds its own references to what it saved.
  for (const activation of outputs.slice(op.results)) activation.dispose();
  return outputs.slice(0, op.results);
}

/** What a kernel finds as its attributes. */
interface Call<Inputs extends NamedTensorMap, A extends Attributes> {
  readonly implementation: Forward<Inputs, A>;
  readonly attributes: A;
  readonly inputNames: readonly string[];
}

type TapeNode = NonNullable<ReturnType<typeof engine>["state"]["activeTape"]>[number];

/**
 * The gradient of a node of the tape, by the implementation whose activations it finds. That of TensorFlow.js would first make
 * zeros for every output without a gradient, the activations included.
 */
function gradientOf<Inputs extends NamedTensorMap, A extends Attributes>(
  op: Op<Inputs, A>,
  own: Implementation<Inputs, A> | undefined,
  { attributes, inputNames }: Call<Inputs, A>,
  { saved, outputs: all }: TapeNode,
): NonNullable<TapeNode["gradient"]> {
  return (given: readonly (Tensor | null)[]) => {
    const inputs = byName(saved!, inputNames) as Inputs;
    const outputs = saved!.slice(inputNames.length);
    const dys = given.slice(0, op.results);
    const thunks = own
      ? own.gradient(dys, inputs, outputs, attributes)
      : op.gradient(
          dys.map((dy, i) => dy ?? zeros(all[i]!.shape)),
          inputs,
          outputs,
          attributes,
        );
    return Object.fromEntries(inputNames.map((name, i) => [i, thunks[name]!]));
  };
}

function register<Inputs extends NamedTensorMap, A extends Attributes>(op: Op<Inputs, A>): void {
  backend(); // initialises the backend: only then has it a name
  if (!getKernel(op.name, getBackend())) {
    registerKernel({
      kernelName: op.name,
      backendName: getBackend(),
      kernelFunc: ({ inputs, attrs }) => {
        const { implementation, attributes, inputNames } = attrs as unknown as Call<Inputs, A>;
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
      gradFunc: () => ({}), // see gradientOf
    });
  }
}

function byName(tensors: readonly Tensor[], names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
}
