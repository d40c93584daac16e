import {
  add,
  exp,
  log,
  mean as meanOf,
  memory,
  mul,
  ones,
  type Scalar,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  train,
  variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
import { input, model as makeModel, type SymbolicTensor, layers as tfLayers } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ControllerInputEncoderLayer,
  CoordinatedDropoutLayer,
  DecoderLayer,
  GradientMaskLayer,
  InitialConditionEncoderLayer,
  LinearLayer,
  PosteriorSampleLayer,
} from "../../src/layers";
import { maskGradient } from "../../src/ops";
import { poisson, RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { saveAndLoad } from "./saveAndLoad";

const [trials, bins, channels] = [12, 8, 5];

/** Spikes whose rates follow one hidden oscillation. */
function spikes(): Tensor {
  const rates = Array.from({ length: trials * bins * channels }, (_, i) => {
    const [trial, bin, channel] = [
      Math.floor(i / (bins * channels)),
      Math.floor(i / channels) % bins,
      i % channels,
    ];
    return Math.exp(Math.sin(bin + trial) * (channel - 2) * 0.6);
  });
  return tensor(poisson(RandomStream.fromSeed(0), rates), [trials, bins, channels]);
}

const poissonLoss = (y: Tensor, logRates: Tensor) => meanOf(sub(exp(logRates), mul(y, logRates)));
/** Divergence of `[mean, std]`, side by side, from the standard normal. */
const divergence = (_: Tensor, posterior: Tensor) => {
  const size = posterior.shape.at(-1)! / 2;
  const start = posterior.shape.map(() => 0);
  const mean = slice(posterior, start, [...posterior.shape.slice(0, -1), size]);
  const std = slice(posterior, [...start.slice(1), size]);
  return mul(0.05, meanOf(sub(add(square(mean), square(std)), add(log(square(std)), 1))));
};

function autoencoder() {
  const x = input({ shape: [bins, channels] });
  const [dropped, mask] = new CoordinatedDropoutLayer({ rate: 0.3 }).apply(x) as SymbolicTensor[];
  const ic = new InitialConditionEncoderLayer({ units: 6, outputs: 4, dropout: 0.1 }).apply(
    dropped!,
  ) as SymbolicTensor[];
  const controllerInput = new ControllerInputEncoderLayer({ units: 4 }).apply(dropped!) as SymbolicTensor;
  const [factors, mean, std] = new DecoderLayer({
    units: 8,
    factors: 3,
    controller: { units: 5, outputs: 1 },
    dropout: 0.1,
  }).apply([new PosteriorSampleLayer().apply(ic) as SymbolicTensor, controllerInput]) as SymbolicTensor[];
  const readout = new LinearLayer({ outputs: channels }).apply(factors!) as SymbolicTensor;
  const logRates = new GradientMaskLayer().apply([readout, mask!]) as SymbolicTensor;
  const posteriors = [ic, [mean!, std!]].map((pair) => tfLayers.concatenate().apply(pair) as SymbolicTensor);
  return makeModel({ inputs: x, outputs: [logRates, ...posteriors] });
}

describe.each(["cpu", "wasm"])("LFADS composed of layers on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("trains as a variational autoencoder, saves and loads; runs are repeatable", async () => {
    const before = memory().numTensors;
    const x = spikes();
    const targets = [x, ones([trials, 8]), ones([trials, bins, 2])];
    const run = async () => {
      const model = autoencoder();
      const optimizer = train.adam(0.02, 0.9, 0.999, 1e-7);
      model.compile({ optimizer, loss: [poissonLoss, divergence, divergence] });
      const { history } = await model.fit(x, targets, {
        epochs: 12,
        batchSize: 6,
        shuffle: false,
        verbose: 0,
      });
      optimizer.dispose();
      return { model, losses: history.loss as number[] };
    };
    const { model, losses } = await run();
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.05);
    const loaded = await saveAndLoad(model);
    const rates = (m: typeof model) => tidy(() => [...(m.predict(x) as Tensor[])[0]!.dataSync()]);
    expect(rates(loaded)).toEqual(rates(model));
    const again = await run();
    expect(again.losses).toEqual(losses);
    for (const m of [model, loaded, again.model]) m.dispose();
    for (const t of targets) t.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe("stochastic layers", () => {
  beforeAll(() => useBackend("cpu"));
  const training = { training: true };

  test("coordinated dropout: what goes in passes no gradient, what is dropped does", () => {
    tidy(() => {
      const layer = new CoordinatedDropoutLayer({ rate: 0.25, initialConditionBins: 2 });
      const [dropped, mask] = (layer.apply(ones([20, 10, 10]), training) as Tensor[]).map((t) =>
        t.dataSync(),
      );
      const late = [...mask!.keys()].filter((i) => Math.floor(i / 10) % 10 >= 2);
      expect(new Set(late.map((i) => `${mask![i]} ${dropped![i]!.toFixed(4)}`))).toEqual(
        new Set(["1 0.0000", "0 1.3333"]),
      );
      expect(late.reduce((total, i) => total + mask![i]!, 0) / late.length).toBeCloseTo(0.25, 1);
      const early = [...mask!.keys()].filter((i) => Math.floor(i / 10) % 10 < 2);
      expect(early.every((i) => mask![i] === 1 && dropped![i] === 1)).toBe(true);
    });
  });

  test("pass data unchanged outside of training", () => {
    tidy(() => {
      const x = spikes();
      const [dropped, mask] = new CoordinatedDropoutLayer({ rate: 0.5 }).apply(x) as Tensor[];
      expect(dropped!.dataSync()).toEqual(x.dataSync());
      expect(new Set(mask!.dataSync())).toEqual(new Set([1]));
      const sample = new PosteriorSampleLayer().apply([x, x]) as Tensor;
      expect(sample.dataSync()).toEqual(x.dataSync());
    });
  });

  test("in a model, all outputs of one layer come from one draw, and every call draws anew", () => {
    tidy(() => {
      const x = input({ shape: [6, 4] });
      const [dropped, mask] = new CoordinatedDropoutLayer({ rate: 0.5 }).apply(x) as SymbolicTensor[];
      const used = tfLayers.add().apply([dropped!, dropped!]) as SymbolicTensor;
      const model = makeModel({ inputs: x, outputs: [used, dropped!, mask!] });
      const data = ones([5, 6, 4]);
      const call = () => (model.apply(data, training) as Tensor[]).map((t) => [...t.dataSync()]);
      const [a, b, c] = call();
      expect(b).toEqual(c!.map((passes) => 2 * (1 - passes)));
      expect(a).toEqual(c!.map((passes) => 4 * (1 - passes)));
      expect(call()[2]).not.toEqual(c);
    });
  });

  test("a layer called twice draws twice", () => {
    tidy(() => {
      const layer = new PosteriorSampleLayer({ seed: 3 });
      const posterior = [ones([4, 2]), ones([4, 2])];
      const draw = () => [...(layer.apply(posterior, { training: true }) as Tensor).dataSync()];
      expect(draw()).not.toEqual(draw());
    });
  });

  test("samples have the posterior's moments", () => {
    tidy(() => {
      const posterior = [mul(2, ones([20_000, 1])), mul(0.5, ones([20_000, 1]))];
      const sample = new PosteriorSampleLayer().apply(posterior, training) as Tensor;
      const average = sum(sample).dataSync()[0]! / 20_000;
      const variance = sum(square(sub(sample, average))).dataSync()[0]! / 20_000;
      expect(average).toBeCloseTo(2, 1);
      expect(variance).toBeCloseTo(0.25, 1);
    });
  });

  test("the gradient mask does on a prediction what it does on an element-wise loss", () => {
    const x = variable(tensor([0.5, 1, -1]));
    const [y, mask] = [tensor([1, 2, 0]), tensor([1, 0, 1])];
    const loss = (logRates: Tensor) => sub(exp(logRates), mul(y, logRates));
    const layer = new GradientMaskLayer();
    const gradient = (f: () => Tensor) => {
      const { value, grads } = variableGrads(() => sum<Scalar>(f()), [x]);
      return [value, grads[x.name]!].map((t) => [...t.dataSync()]);
    };
    const onPrediction = gradient(() => loss(layer.apply([x, mask]) as Tensor));
    expect(onPrediction).toEqual(gradient(() => maskGradient(loss(x), mask)));
    expect(onPrediction[1]![1]).toBe(0);
    expect(onPrediction[1]![0]).toBeCloseTo(Math.exp(0.5) - 1, 5);
  });
});
