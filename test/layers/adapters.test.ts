import { memory, ones, serialization, type Tensor, tensor, tidy, train } from "@tensorflow/tfjs-core";
import {
  input,
  type LayersModel,
  type layers,
  model as makeModel,
  type SymbolicTensor,
  sequential,
} from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import {
  BidirectionalGruLayer,
  ClippedGruCellLayer,
  DecoderLayer,
  InitialConditionEncoderLayer,
  LinearLayer,
  registerLayers,
} from "../../src/layers";
import { normal, RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { type Adapter, adapters, inputsOf, owner } from "./adapters";
import { saveAndLoad } from "./saveAndLoad";

function symbolicModel(adapter: Adapter): { layer: layers.Layer; model: LayersModel } {
  const layer = adapter.make();
  const inputs = adapter.inputs.map((shape) => input({ shape: [...shape] }));
  const outputs = layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor | SymbolicTensor[];
  return { layer, model: makeModel({ inputs, outputs }) };
}

const list = <T>(x: T | T[]): T[] => (Array.isArray(x) ? x : [x]);
const values = (tensors: readonly Tensor[]) => tensors.map((x) => [x.shape, [...x.dataSync()]]);
const predict = (model: LayersModel, inputs: Tensor[]) => tidy(() => values(list(model.predict(inputs))));

for (const backend of ["cpu", "wasm"]) {
  describe.each(adapters)(`$name on ${backend}`, (adapter) => {
    beforeAll(() => useBackend(backend));

    test("computes what its module computes", () => {
      tidy(() => {
        const layer = adapter.make();
        const x = inputsOf(adapter);
        const outputs = list(layer.apply(x.length === 1 ? x[0]! : x)) as Tensor[];
        const parameters = adapter.module.init(RandomStream.fromSeed(7));
        expect(Object.keys(owner(layer).parameters)).toEqual(Object.keys(parameters));
        expect(values(outputs)).toEqual(values(adapter.expected(parameters, x)));
        layer.dispose();
      });
    });

    test("trains in a functional model, saves, loads, and leaves no tensors", async () => {
      const before = memory().numTensors;
      const { model, layer } = symbolicModel(adapter);
      for (const output of model.outputs) expect(output.shape[0]).toBeNull();
      const x = inputsOf(adapter, 8);
      const y = model.outputs.map((output, i) => {
        const shape = [8, ...output.shape.slice(1)] as number[];
        const size = shape.reduce((product, n) => product * n, 1);
        return tensor(normal(RandomStream.fromSeed("y").fork(i), size, 0.2, 0.1), shape);
      });
      const start = Object.entries(owner(layer).parameters).map(
        ([name, value]) => [name, [...value.dataSync()]] as const,
      );
      const optimizer = train.adam(0.02, 0.9, 0.999, 1e-7);
      model.compile({ optimizer, loss: "meanSquaredError" });
      const { history } = await model.fit(x, y, { epochs: 8, batchSize: 4, shuffle: false, verbose: 0 });
      const losses = history.loss as number[];
      expect(losses.at(-1)).toBeLessThan(0.95 * losses[0]!);
      for (const [name, value] of start) {
        expect([...owner(layer).parameters[name]!.dataSync()], name).not.toEqual(value);
      }

      const loaded = await saveAndLoad(model);
      expect(loaded.weights.map((w) => w.originalName)).toEqual(model.weights.map((w) => w.originalName));
      for (const weight of model.weights) expect(weight.originalName).toMatch(new RegExp(`^${layer.name}/`));
      expect(predict(loaded, x)).toEqual(predict(model, x));

      optimizer.dispose();
      model.dispose();
      loaded.dispose();
      for (const t of [...x, ...y]) t.dispose();
      expect(memory().numTensors).toBe(before);
    });
  });
}

describe("every layer", () => {
  beforeAll(() => useBackend("cpu"));

  test("stays as it is when frozen, also after loading", async () => {
    const first = new LinearLayer({ outputs: 3, trainable: false });
    const second = new LinearLayer({ outputs: 2, seed: 1 });
    const inputs = input({ shape: [4] });
    const outputs = second.apply(first.apply(inputs)) as SymbolicTensor;
    const model = await saveAndLoad(makeModel({ inputs, outputs }));
    const weight = (layer: number) => [...owner(model.layers[layer]!).parameters.weight!.dataSync()];
    const before = [weight(1), weight(2)];
    expect(model.trainableWeights).toHaveLength(2);
    model.compile({ optimizer: train.adam(0.02, 0.9, 0.999, 1e-7), loss: "meanSquaredError" });
    await model.fit(ones([8, 4]), ones([8, 2]), { epochs: 2, verbose: 0 });
    expect(weight(1)).toEqual(before[0]);
    expect(weight(2)).not.toEqual(before[1]);
  });

  test("goes into a sequential model", async () => {
    const model = sequential();
    model.add(new BidirectionalGruLayer({ units: 3, returnSequences: true, inputShape: [5, 2] }));
    model.add(new LinearLayer({ outputs: 4 }));
    const loaded = await saveAndLoad(model);
    expect(loaded.outputs[0]!.shape).toEqual([null, 5, 4]);
    expect(predict(loaded, [ones([2, 5, 2])])).toEqual(predict(model, [ones([2, 5, 2])]));
  });

  test("has one set of initial weights for a seed", () => {
    const weights = (seed?: number) => {
      const layer = new LinearLayer(seed === undefined ? { outputs: 3 } : { outputs: 3, seed });
      layer.build([null, 2]);
      return [...layer.parameters.weight!.dataSync()];
    };
    expect(weights()).toEqual(weights(0));
    expect(weights(1)).not.toEqual(weights(0));
  });

  test("keeps an unbounded state unbounded", async () => {
    const inputs = input({ shape: [3, 2] });
    const layer = new BidirectionalGruLayer({ units: 2, clip: Infinity });
    const loaded = await saveAndLoad(makeModel({ inputs, outputs: layer.apply(inputs) as SymbolicTensor }));
    expect((loaded.layers[1] as BidirectionalGruLayer).options.clip).toBeNull();
  });

  test("refuses what is out of range, by name", () => {
    const decoder = (options: object, ...shapes: number[][]) =>
      new DecoderLayer({ units: 3, factors: 2, ...options }).apply(shapes.map((shape) => input({ shape })));
    expect(() => new LinearLayer({ outputs: 0 })).toThrow(
      "LinearLayer: outputs must be a positive integer, got 0",
    );
    expect(() => new ClippedGruCellLayer({ units: 1.5 })).toThrow(
      "units must be a positive integer, got 1.5",
    );
    expect(() => new InitialConditionEncoderLayer({ units: 2, outputs: 2, dropout: 1 })).toThrow(
      "InitialConditionEncoderLayer: dropout must be in [0, 1), got 1",
    );
    expect(() => new BidirectionalGruLayer({ units: 2 }).apply(input({ shape: [4] }))).toThrow("ndim=3");
    expect(() => decoder({}, [2])).toThrow("DecoderLayer: bins must be given exactly when");
    expect(() => decoder({ bins: 4 }, [2], [4, 1])).toThrow("DecoderLayer: bins must be given exactly when");
    expect(() => decoder({ bins: 4, controller: { units: 2, outputs: 1 } }, [2])).toThrow(
      "DecoderLayer: with a controller takes 2 or 3 inputs, got 1",
    );
    expect(() => decoder({}, [2], [4, 1], [4, 1])).toThrow("without a controller takes 1 or 2 inputs, got 3");
    expect(() => decoder({ controller: { units: 2, outputs: 0 } }, [2], [4, 1])).toThrow(
      "DecoderLayer: controller.outputs must be a positive integer, got 0",
    );
  });

  test("is registered by its first instance, or all by registerLayers", () => {
    const { classNameMap } = serialization.SerializationMap.getMap();
    for (const name of Object.keys(classNameMap).filter((n) => n.startsWith("Lfads")))
      delete classNameMap[name];
    new LinearLayer({ outputs: 1 });
    const registered = () => Object.keys(classNameMap).filter((name) => name.startsWith("Lfads"));
    expect(registered()).toEqual(["LfadsLinearLayer"]);
    registerLayers();
    registerLayers();
    expect(registered()).toHaveLength(11);
  });
});
