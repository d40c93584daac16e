import { engine, serialization, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { initializers, layers, type Shape } from "@tensorflow/tfjs-layers";
import type { Parameters } from "../modules";
import { streamDraws } from "../ops";
import { RandomStream } from "../random";
import {
  addWeights,
  asList,
  checkOptions,
  type LayerArguments,
  type LayerModule,
  type OwnOptions,
  oneOrList,
} from "./layerModule";

// A bundler drops subclasses that nobody uses only if reading their base has no side effects.
const Layer = /* @__PURE__ */ (() => layers.Layer)();

/** What TensorFlow.js passes along with the inputs. */
export interface CallArguments {
  readonly training?: boolean;
}

/**
 * A TensorFlow.js layer around a module: the module's parameters are the layer's weights, under their own names, so they
 * train by `fit`, save and load. The layer's class is registered for loading when the first one is made.
 */
export abstract class ModuleLayer<Options extends OwnOptions = OwnOptions> extends Layer {
  /** The layer's own options with their defaults. */
  readonly options: Options;
  #module: LayerModule | null = null;
  #parameters: () => Parameters = () => ({});
  #calls = 0;
  #last: { kwargs: CallArguments; scope: number | undefined; inputs: Tensor[]; outputs: Tensor[] } | null =
    null;

  /** @throws if an option is out of range */
  constructor(args: LayerArguments, options: Options) {
    super(args);
    checkOptions(this.getClassName().replace(/^Lfads/, ""), options);
    this.options = options;
    serialization.registerClass(
      this.constructor as unknown as serialization.SerializableConstructor<layers.Layer>,
    );
  }

  /** The block for inputs of these shapes. */
  protected abstract module(inputs: readonly Shape[]): LayerModule;

  /** Shapes of the outputs for inputs of these shapes. */
  protected abstract shapes(inputs: readonly Shape[]): Shape[];

  override build(inputShape: Shape | Shape[]): void {
    const module = this.module(asList<Shape>(inputShape));
    this.#parameters = addWeights(module, this.options.seed, (name, shape) =>
      this.addWeight(name, shape, "float32", initializers.zeros()),
    );
    this.#module = module;
    this.built = true;
  }

  /** The weights by the names of the module's parameters. They belong to the layer. */
  get parameters(): Parameters {
    return this.#parameters();
  }

  override call(inputs: Tensor | Tensor[], kwargs: CallArguments = {}): Tensor | Tensor[] {
    const list = asList<Tensor>(inputs);
    const scope = engine().state.activeScope?.id;
    if (!kwargs.training) return oneOrList(this.#run(list, false));
    // A model runs a layer anew for each of its outputs in use; they must come from the same draws.
    const last = this.#last;
    if (
      last?.kwargs !== kwargs ||
      last.scope !== scope ||
      !list.every((x, i) => x === last.inputs[i]) ||
      last.outputs.some((x) => x.isDisposed)
    ) {
      this.#last = { kwargs, scope, inputs: list, outputs: this.#run(list, true) };
    }
    return oneOrList(this.#last!.outputs);
  }

  #run(inputs: Tensor[], training: boolean): Tensor[] {
    const draws = training
      ? streamDraws(
          RandomStream.fromSeed(this.options.seed)
            .fork("call")
            .fork(this.#calls++),
        )
      : null;
    return tidy(() => this.#module!.call(this.parameters, inputs, draws));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return oneOrList(this.shapes(asList<Shape>(inputShape)));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
