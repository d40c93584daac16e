import { serialization, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { initializers, layers, type Shape } from "@tensorflow/tfjs-layers";
import type { Parameters } from "../modules";
import {
  addWeights,
  asList,
  checkOptions,
  type LayerArguments,
  type LayerModule,
  type OwnOptions,
} from "./layerModule";

const RNNCell = /* @__PURE__ */ (() => layers.RNNCell)();

/**
 * A TensorFlow.js RNN cell around a module, for `layers.rnn({ cell })`: like `ModuleLayer`, but called with
 * `[input, ...states]` bin by bin, and returning `[output, ...states]`.
 */
export abstract class ModuleCell<Options extends OwnOptions = OwnOptions> extends RNNCell {
  /** The cell's own options with their defaults. */
  readonly options: Options;
  /** Width of each state; the first is the width of the output. */
  abstract override stateSize: number | number[];
  declare dropoutMask: Tensor | Tensor[];
  declare recurrentDropoutMask: Tensor | Tensor[];
  #module: LayerModule | null = null;
  #parameters: () => Parameters = () => ({});

  /** @throws if an option is out of range */
  constructor(args: LayerArguments, options: Options) {
    super(args);
    checkOptions(this.getClassName().replace(/^Lfads/, ""), options);
    this.options = options;
    serialization.registerClass(
      this.constructor as unknown as serialization.SerializableConstructor<layers.RNNCell>,
    );
  }

  /** The block for inputs of this width. */
  protected abstract module(inputSize: number): LayerModule;

  override build(inputShape: Shape | Shape[]): void {
    const [input] = asList<Shape>(inputShape) as [Shape];
    const module = this.module(input[input.length - 1]!);
    this.#parameters = addWeights(module, this.options.seed, (name, shape) =>
      this.addWeight(name, shape, "float32", initializers.zeros()),
    );
    this.#module = module;
    this.built = true;
  }

  /** The weights by the names of the module's parameters. They belong to the cell. */
  get parameters(): Parameters {
    return this.#parameters();
  }

  override call(inputs: Tensor | Tensor[]): Tensor[] {
    return tidy(() => this.#module!.call(this.parameters, asList<Tensor>(inputs), null));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
