import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { initializers, type LayerVariable, type layers } from "@tensorflow/tfjs-layers";
import { Matrix, QrDecomposition } from "ml-matrix";
import { normal, RandomStream } from "../random";

type Initializer = ReturnType<typeof initializers.ones>;

/** A weight of a layer as a named parameter. */
export interface LayerWeight {
  /** Its name in the layer. */
  readonly name: string;
  readonly variable: LayerVariable;
  /** A new value; the caller owns it. */
  initial(stream: RandomStream): Tensor;
}

/**
 * The weights of a layer. One that is built keeps them: they start from its values. One that is not is built here for inputs
 * of the given width, its weights start from its initializers, and its own variables are freed.
 *
 * @throws if the weights of a built layer are freed
 */
export function layerWeights(layer: layers.RNNCell, inputSize: number): LayerWeight[] {
  const initializerOf = new Map<LayerVariable, Initializer>();
  if (!layer.built) build(layer, inputSize, initializerOf);
  const depth = commonFolders(layer.weights.map(({ originalName }) => originalName));
  return layer.weights.map((variable) => {
    const initializer = initializerOf.get(variable);
    if (initializer) variable.dispose();
    else requireValue(layer, variable);
    return {
      name: variable.originalName.split("/").slice(depth).join("/"),
      variable,
      initial: (stream) =>
        initializer ? initialValue(initializer, variable.shape as number[], stream) : variable.read().clone(),
    };
  });
}

/** @throws if the variable is freed */
function requireValue(layer: layers.RNNCell, variable: LayerVariable): void {
  try {
    variable.read();
  } catch {
    throw new Error(
      `cellFromLayer: every cell needs a layer of its own, got ${layer.name}, which is another cell already`,
    );
  }
}

/** Builds the layer with weights of zero and notes the initializers that it asked for. */
function build(
  layer: layers.RNNCell,
  inputSize: number,
  initializerOf: Map<LayerVariable, Initializer>,
): void {
  type AddWeight = (name: string, shape: number[], dtype: "float32", ...more: unknown[]) => LayerVariable;
  const addWeight = Reflect.get(layer, "addWeight") as AddWeight;
  Reflect.defineProperty(layer, "addWeight", {
    configurable: true,
    value: (...[name, shape, dtype, initializer, ...more]: Parameters<AddWeight>) => {
      const variable = addWeight.call(layer, name, shape, dtype, initializers.zeros(), ...more);
      initializerOf.set(variable, initializer as Initializer);
      return variable;
    },
  });
  try {
    layer.build([null, inputSize]);
    layer.built = true;
  } finally {
    Reflect.deleteProperty(layer, "addWeight");
  }
}

/** A value from an initializer, seeded from the stream unless it has a seed of its own. */
function initialValue(initializer: Initializer, shape: number[], stream: RandomStream): Tensor {
  const config = initializer.getConfig();
  const own = typeof config.seed === "number";
  // TensorFlow.js's orthogonal initializer needs chained operations, which core and layers alone do not have.
  if (initializer.getClassName() === "Orthogonal") {
    const source = own ? RandomStream.fromSeed(config.seed as number) : stream;
    return orthogonal(source, shape, config.gain as number);
  }
  if (own || !("seed" in config)) return initializer.apply(shape, "float32");
  const Seeded = initializer.constructor as new (config: unknown) => Initializer;
  const seed = 1 + (stream.uint32(1)[0]! >>> 1); // TensorFlow.js takes 0 for no seed
  return new Seeded({ ...config, seed }).apply(shape, "float32");
}

/** Orthonormal rows or columns, whichever are fewer, uniformly distributed, times `gain`. */
function orthogonal(stream: RandomStream, shape: number[], gain: number): Tensor {
  const columns = shape[shape.length - 1]!;
  const rows = shape.slice(0, -1).reduce((product, n) => product * n, 1);
  const [tall, thin] = [Math.max(rows, columns), Math.min(rows, columns)];
  const qr = new QrDecomposition(Matrix.from1DArray(tall, thin, [...normal(stream, tall * thin)]));
  const signs = qr.upperTriangularMatrix.diagonal().map((x) => gain * (Math.sign(x) || 1));
  const q = qr.orthogonalMatrix.mulRowVector(signs);
  return tensor((rows < columns ? q.transpose() : q).to1DArray(), shape);
}

/** How many leading folders all names share. */
function commonFolders(names: readonly string[]): number {
  const folders = names.map((name) => name.split("/").slice(0, -1));
  let depth = 0;
  while (
    folders.length > 0 &&
    folders.every((folder) => folder[depth] && folder[depth] === folders[0]![depth])
  ) {
    depth++;
  }
  return depth;
}
