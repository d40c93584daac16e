import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayerVariable, layers, Shape } from "@tensorflow/tfjs-layers";
import type { Parameters } from "../modules";
import { type Draws, RandomStream } from "../random";

/** Arguments of every TensorFlow.js layer: `name`, `trainable`, `inputShape`, ... */
export type LayerArguments = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** Options of every layer of this library. */
export interface ModuleLayerOptions extends LayerArguments {
  /** Seed of the initial weights and of the draws in training; layers that should differ need different seeds. @default 0 */
  readonly seed?: number;
}

/** A layer's own options with their defaults, as they are saved: numbers, switches and null. */
export type OwnOptions = Readonly<
  Record<string, number | boolean | null | Readonly<Record<string, number>>> & { seed: number }
>;

/** A block with named parameters as a function of a layer's inputs. */
export interface LayerModule {
  /** New parameters; they become the weights of the layer. */
  init(stream: RandomStream): Parameters;
  /** @param draws where masks and noise come from; null outside of training */
  call(parameters: Parameters, inputs: readonly Tensor[], draws: Draws | null): Tensor[];
}

/**
 * Makes the parameters of a module the weights of a layer, under their own names.
 *
 * @param add how the layer adds a weight
 * @returns reads the current parameters
 */
export function addWeights(
  module: LayerModule,
  seed: number,
  add: (name: string, shape: Shape) => LayerVariable,
): () => Parameters {
  const weights = new Map<string, LayerVariable>();
  tidy(() => {
    for (const [name, value] of Object.entries(module.init(RandomStream.fromSeed(seed)))) {
      weights.set(name, add(name, value.shape).write(value));
    }
  });
  return () => Object.fromEntries([...weights].map(([name, weight]) => [name, weight.read()]));
}

/** @throws if a size is not a positive integer, or a dropout rate not in [0, 1) */
export function checkOptions(where: string, options: Readonly<Record<string, unknown>>): void {
  for (const name of ["units", "outputs", "factors", "bins"]) {
    const value = options[name] ?? 1;
    if (!Number.isInteger(value) || (value as number) < 1) {
      throw new Error(`${where}: ${name} must be a positive integer, got ${value}`);
    }
  }
  const dropout = options.dropout ?? 0;
  if (!((dropout as number) >= 0 && (dropout as number) < 1)) {
    throw new Error(`${where}: dropout must be in [0, 1), got ${dropout}`);
  }
}

/** TensorFlow.js passes one or a list, of tensors as of shapes. */
export function asList<T extends Tensor | Shape>(one: T | T[]): T[] {
  const isList = Array.isArray(one) && typeof one[0] === "object" && one[0] !== null;
  return isList ? (one as T[]) : [one as T];
}

/** The other way round. */
export function oneOrList<T>(list: T[]): T | T[] {
  return list.length === 1 ? list[0]! : list;
}
