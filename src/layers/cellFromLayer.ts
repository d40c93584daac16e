import { concat, slice, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { LayerVariable, type layers } from "@tensorflow/tfjs-layers";
import { type Cell, type Parameters, parameter } from "../modules";
import { type LayerWeight, layerWeights } from "./layerWeights";

/** Options of {@link cellFromLayer}. */
export interface CellFromLayerOptions {
  /** Names of the weights that the L2 penalty acts on. @default those that end in `recurrent_kernel` */
  readonly recurrentKernels?: readonly string[];
}

/**
 * A TensorFlow.js RNN cell as a generator or controller of LFADS. The layer's weights become parameters under their names
 * in the layer; the layer only computes and is evaluated with the parameters that it is given, so gradients reach them.
 *
 * A layer that is not built yet is built for `inputSize`; its parameters start from its initializers, which get their seeds
 * from the model's. A built layer passes its weights on as the start. Several states count as one, side by side. An autonomous
 * cell is fed one input of zero.
 *
 * Each cell needs a layer of its own.
 *
 * @example
 * ```ts
 * import { layers } from "@tensorflow/tfjs-layers";
 * import { cellFromLayer, LFADS } from "lfads";
 *
 * const model = new LFADS({
 *   channels: 52,
 *   bins: 20,
 *   generator: { cell: (inputSize) => cellFromLayer(layers.gruCell({ units: 100 }), inputSize) },
 * });
 * ```
 * @throws if the layer has something that would be lost: weights that do not train or that sublayers hide, regularizers,
 * constraints, dropout; or if its weights are gone, because it is another cell already
 */
export function cellFromLayer(
  layer: layers.RNNCell,
  inputSize: number,
  options: CellFromLayerOptions = {},
): Cell {
  const width = Math.max(inputSize, 1);
  const stateSizes = [layer.stateSize].flat();
  const stateSize = stateSizes.reduce((sum, n) => sum + n, 0);
  const weights = layerWeights(layer, width);
  refuseWhatWouldBeLost(layer, weights);
  const names = weights.map(({ name }) => name);
  const { recurrentKernels = names.filter((name) => name.endsWith("recurrent_kernel")) } = options;
  const unknown = recurrentKernels.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`cellFromLayer: recurrentKernels must be of ${names.join(", ")}, got "${unknown}"`);
  }

  const cell: Cell = {
    inputSize,
    stateSize,
    recurrentKernels,
    init: (stream) =>
      Object.fromEntries(weights.map(({ name, initial }) => [name, initial(stream.fork(name))])),
    step(parameters, input, state) {
      const [batch] = state.shape as [number];
      let from = 0;
      const states = stateSizes.map((size) => {
        const part = stateSizes.length === 1 ? state : slice(state, [0, from], [batch, size]);
        from += size;
        return part;
      });
      const x = input ?? zeros([batch, width]);
      const [, ...next] = withWeights(weights, parameters, () => [layer.call([x, ...states], {})].flat());
      if (next.length !== states.length) {
        throw new Error(
          `cellFromLayer: the layer must return [output, ...states] with ${states.length} states, got ${next.length}`,
        );
      }
      return next.length === 1 ? next[0]! : concat(next, 1);
    },
  };
  tryOut(cell, width, weights);
  return cell;
}

/** Runs `f` while the layer reads the given parameters in place of its weights. */
function withWeights<T>(weights: readonly LayerWeight[], parameters: Parameters, f: () => T): T {
  for (const { variable, name } of weights) {
    const value = parameter(parameters, name);
    variable.read = () => value;
  }
  try {
    return f();
  } finally {
    for (const { variable } of weights) Reflect.deleteProperty(variable, "read");
  }
}

function refuseWhatWouldBeLost(layer: layers.RNNCell, weights: readonly LayerWeight[]): void {
  const refuse = (what: string) => {
    throw new Error(`cellFromLayer: layer ${layer.name} must not have ${what}`);
  };
  for (const { name, variable } of weights) {
    if (!variable.trainable || !layer.trainableWeights.includes(variable)) {
      refuse(`weights that do not train, got "${name}"`);
    }
    if (variable.constraint) refuse(`constraints, got one of "${name}"`);
  }
  if (layer.losses.length > 0) refuse("regularizers; the L2 scales of the loss take their place");
  for (const rate of ["dropout", "recurrentDropout"]) {
    const value: unknown = Reflect.get(layer, rate);
    if (typeof value === "number" && value > 0) refuse(`dropout of its own, got ${rate} ${value}`);
  }
}

/** One step on zeros: shows weights that the layer does not list, and states of a wrong shape. */
function tryOut(cell: Cell, width: number, weights: readonly LayerWeight[]): void {
  const hidden: LayerVariable[] = [];
  const read = LayerVariable.prototype.read;
  LayerVariable.prototype.read = function (this: LayerVariable) {
    hidden.push(this);
    return read.call(this);
  };
  let shape: readonly number[];
  try {
    shape = tidy(() => {
      const values = weights.map(({ name, variable }) => [name, zeros(variable.shape as number[])]);
      const parameters = Object.fromEntries(values) as Record<string, Tensor>;
      return cell.step(parameters, zeros([1, width]), zeros([1, cell.stateSize])).shape;
    });
  } finally {
    LayerVariable.prototype.read = read;
  }
  if (hidden.length > 0) {
    throw new Error(
      `cellFromLayer: the layer must list its weights, but reads "${hidden[0]!.name}", which is not in layer.weights`,
    );
  }
  if (`${shape}` !== `1,${cell.stateSize}`) {
    throw new Error(
      `cellFromLayer: the states together must be [batch, ${cell.stateSize}], got [${shape}] for a batch of 1`,
    );
  }
}
