import { dispose, memory, slice, sum, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  BidirectionalGru,
  ControllerInputEncoder,
  InitialConditionEncoder,
  type Parameters,
} from "../../src/modules";
import { streamDraws } from "../../src/ops";
import { RandomStream } from "../../src/random";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { type Named, randomValues, relativeError, toTensor, type Values } from "../ops/differences";
import { dot, gruSequence, rows } from "../ops/gruReference";
import { moment } from "../random/statistics";

beforeAll(() => useBackend("cpu"));

const [bins, batch, inputs, units] = [5, 3, 2, 4];
const x = randomValues("x", [bins, batch, inputs]);
const size = batch * units;

function cellValues(name: string): Named<Values> {
  return {
    weight_ih: randomValues(`${name} ih`, [3 * units, inputs]),
    weight_hh: randomValues(`${name} hh`, [3 * units, units]),
    bias_ih: randomValues(`${name} bias`, [3 * units]),
  };
}

const values: Named<Values> = Object.fromEntries(
  ["fwd_gru", "bwd_gru"].flatMap((gru) =>
    Object.entries(cellValues(gru)).map(([name, v]) => [`${gru}.cell.${name}`, v] as const),
  ),
);
const h0 = randomValues("h0", [2, 1, units]);

function toTensors(named: Named<Values>, prefix = ""): Parameters {
  return Object.fromEntries(Object.entries(named).map(([name, v]) => [prefix + name, toTensor(v)]));
}

/** Bins of one direction's states, `[batch * units]` each, in double precision. */
function statesOf(direction: 0 | 1, clip = 5): number[][] {
  const gru = direction === 0 ? "fwd_gru" : "bwd_gru";
  const own = (name: string) => values[`${gru}.cell.${name}`]!;
  const start = h0.data.slice(direction * units, (direction + 1) * units);
  const flat = gruSequence(
    {
      ...{ x, weightIh: own("weight_ih"), weightHh: own("weight_hh"), bias: own("bias_ih") },
      h0: { data: Array.from({ length: batch }, () => start).flat(), shape: [batch, units] },
    },
    { clip, reverse: direction === 1, bins },
  );
  return Array.from({ length: bins }, (_, t) => flat.slice(t * size, (t + 1) * size));
}

/** Two flat `[batch, units]` side by side. */
function beside(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: batch }, (_, trial) => [
    ...a.slice(trial * units, (trial + 1) * units),
    ...b.slice(trial * units, (trial + 1) * units),
  ]).flat();
}

describe("BidirectionalGru", () => {
  test("states and final states are those of the reference", () => {
    tidy(() => {
      const gru = new BidirectionalGru({ inputSize: inputs, units, clip: 0.6 });
      const { forward, backward, final } = gru.apply(toTensors(values), toTensor(x), toTensor(h0));
      expect(relativeError(forward.dataSync(), statesOf(0, 0.6).flat())).toBeLessThan(1e-6);
      expect(relativeError(backward.dataSync(), statesOf(1, 0.6).flat())).toBeLessThan(1e-6);
      const last = beside(statesOf(0, 0.6).at(-1)!, statesOf(1, 0.6)[0]!);
      expect(final.shape).toEqual([batch, 2 * units]);
      expect(relativeError(final.dataSync(), last)).toBeLessThan(1e-6);
    });
  });

  test("an initial state for every trial, and its gradient over trials", () => {
    const before = memory().numTensors;
    const gru = new BidirectionalGru({ inputSize: inputs, units });
    const [parameters, data, shared] = [toTensors(values), toTensor(x), toTensor(h0)];
    const each = tensor(
      [0, 1].flatMap((d) =>
        Array.from({ length: batch }, () => h0.data.slice(d * units, (d + 1) * units)).flat(),
      ),
      [2, batch, units],
    );
    const run = (start: typeof each) =>
      valueAndGradients(() => tidy(() => sum(gru.apply(parameters, data, start).final)), { start });
    const [one, all] = [run(shared), run(each)];
    expect(one.value.dataSync()).toEqual(all.value.dataSync());
    tidy(() => {
      const total = sum(all.gradients.start!, 1, true);
      expect(one.gradients.start!.shape).toEqual([2, 1, units]);
      expect(relativeError(one.gradients.start!.dataSync(), total.dataSync(), 1e-3)).toBeLessThan(1e-5);
    });
    dispose([data, shared, each, one.value, all.value, one.gradients.start!, all.gradients.start!]);
    dispose(Object.values(parameters));
    expect(memory().numTensors).toBe(before);
  });

  test("starts with one fan for all kernels, each direction with its own", () => {
    tidy(() => {
      const p = new BidirectionalGru({ inputSize: 20, units: 44 }).init(RandomStream.fromSeed(0));
      expect(Object.keys(p)).toEqual([
        ...["weight_ih", "weight_hh", "bias_ih"].map((name) => `fwd_gru.cell.${name}`),
        ...["weight_ih", "weight_hh", "bias_ih"].map((name) => `bwd_gru.cell.${name}`),
      ]);
      for (const [name, value] of Object.entries(p)) {
        if (name.endsWith("bias_ih")) continue;
        const data = value.dataSync();
        expect(Math.abs(moment(data, 2, 0, 1 / 8) - 1)).toBeLessThan(4 * Math.sqrt(2 / data.length));
      }
      expect(p["fwd_gru.cell.weight_hh"]!.dataSync()).not.toEqual(p["bwd_gru.cell.weight_hh"]!.dataSync());
    });
  });
});

describe("InitialConditionEncoder", () => {
  const outputs = 2;
  const map = { weight: randomValues("weight", [2 * outputs, 2 * units]), bias: randomValues("bias", [4]) };
  const parameters = () => ({
    ...toTensors(values, "ic_enc."),
    ...toTensors(map, "ic_linear."),
    ic_enc_h0: toTensor(h0),
  });

  test.each([0, 1e-4, 0.5])("mean and std of the reference, variance at least %d", (varianceMin) => {
    tidy(() => {
      const encoder = new InitialConditionEncoder({ inputSize: inputs, units, outputs, varianceMin });
      const { mean, std } = encoder.apply(parameters(), toTensor(x));
      const final = rows({ data: beside(statesOf(0).at(-1)!, statesOf(1)[0]!), shape: [batch, 2 * units] });
      const both = final.map((h) => rows(map.weight).map((w, i) => dot(w, h) + map.bias.data[i]!));
      const expected = both.map((row) =>
        row.slice(2).map((logvar) => Math.sqrt(Math.exp(logvar) + varianceMin)),
      );
      expect(
        relativeError(
          mean.dataSync(),
          both.flatMap((row) => row.slice(0, 2)),
        ),
      ).toBeLessThan(1e-6);
      expect(relativeError(std.dataSync(), expected.flat())).toBeLessThan(1e-6);
    });
  });

  test("dropout acts on the final states only", () => {
    tidy(() => {
      const encoder = new InitialConditionEncoder({ inputSize: inputs, units, outputs });
      const draws = streamDraws(RandomStream.fromSeed(1));
      const { mean } = encoder.apply(parameters(), toTensor(x), { rate: 0.25, draws });
      const mask = draws.bernoulli("ic_enc_final", [batch, 2 * units], 0.75).dataSync();
      const final = beside(statesOf(0).at(-1)!, statesOf(1)[0]!).map((h, i) => (h * mask[i]!) / 0.75);
      const expected = rows({ data: final, shape: [batch, 2 * units] }).flatMap((h) =>
        [0, 1].map((i) => dot(rows(map.weight)[i]!, h) + map.bias.data[i]!),
      );
      expect(mask.includes(0)).toBe(true);
      expect(relativeError(mean.dataSync(), expected)).toBeLessThan(1e-6);
    });
  });
});

describe("ControllerInputEncoder", () => {
  const parameters = () => ({ ...toTensors(values, "ci_enc."), ci_enc_h0: toTensor(h0) });

  test.each([0, 1, 2, bins - 1, bins, bins + 3])("lag %d", (lag) => {
    tidy(() => {
      const encoder = new ControllerInputEncoder({ inputSize: inputs, units, lag });
      const zero = new Array<number>(size).fill(0);
      const expected = Array.from({ length: bins }, (_, t) =>
        beside(statesOf(0)[t - lag] ?? zero, statesOf(1)[t + lag] ?? zero),
      );
      const y = encoder.apply(parameters(), toTensor(x));
      expect(y.shape).toEqual([bins, batch, 2 * units]);
      expect(relativeError(y.dataSync(), expected.flat())).toBeLessThan(1e-6);
    });
  });

  test("the default lag keeps a bin's own data from the controller", () => {
    const encoder = new ControllerInputEncoder({ inputSize: inputs, units });
    const own = parameters();
    const data = toTensor(x);
    const t = 2;
    const { value, gradients } = valueAndGradients(
      () => tidy(() => sum(slice(encoder.apply(own, data), [t, 0, 0], [1, -1, -1]))),
      { data },
    );
    const slopes = Array.from(gradients.data!.dataSync(), Math.abs);
    const width = batch * inputs;
    const byBin = Array.from({ length: bins }, (_, bin) =>
      Math.max(...slopes.slice(bin * width, (bin + 1) * width)),
    );
    byBin.forEach((slope, bin) => {
      if (bin === t) expect(slope).toBe(0);
      else expect(slope).toBeGreaterThan(0);
    });
    dispose([data, value, gradients.data!, ...Object.values(own)]);
  });

  test.each([-1, 0.5, Number.NaN])("a lag of %d is an error", (lag) => {
    expect(() => new ControllerInputEncoder({ inputSize: 1, units: 1, lag })).toThrow(
      `ControllerInputEncoder: lag must be a non-negative integer, got ${lag}`,
    );
  });
});
