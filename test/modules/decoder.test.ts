import { mul, ones, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { ClippedGruCell, Controller, Decoder, drop, dropoutMask, type Parameters } from "../../src/modules";
import { streamDraws } from "../../src/ops";
import { type Draws, RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { randomValues, relativeError, toTensor } from "../ops/differences";

beforeAll(() => useBackend("cpu"));

const [bins, batch, encoded, factors] = [4, 3, 2, 2];
const cell = (inputSize: number, stateSize: number) => new ClippedGruCell({ inputSize, stateSize });

function decoderOf({ controlled = true, external = 0 } = {}): Decoder {
  return new Decoder({
    initialCondition: 2,
    generator: cell((controlled ? 1 : 0) + external, 4),
    factors,
    controller: controlled ? new Controller(cell(encoded + factors, 3), 1) : undefined,
  });
}

const inputs = {
  initialCondition: () => toTensor(randomValues("ic", [batch, 2])),
  controllerInput: () => toTensor(randomValues("ci", [bins, batch, encoded])),
};

const numbers = (x: Tensor) => [...x.dataSync()];

describe("dropout", () => {
  test("masks are 0 and 1 / (1 - rate), dropped at the rate, and come from the named draw", () => {
    tidy(() => {
      const draws = streamDraws(RandomStream.fromSeed(2));
      const mask = dropoutMask({ rate: 0.2, draws }, "a", [200, 100])!;
      const values = mask.dataSync();
      const dropped = values.filter((value) => value === 0).length / values.length;
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.8)]));
      expect(Math.abs(dropped - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / values.length));
      const x = toTensor(randomValues("x", [200, 100]));
      expect(numbers(drop(x, { rate: 0.2, draws }, "a"))).toEqual(numbers(mul(x, mask)));
      expect(numbers(dropoutMask({ rate: 0.2, draws }, "b", [200, 100])!)).not.toEqual(numbers(mask));
    });
  });

  test("without dropout, and at rate 0, everything passes untouched", () => {
    tidy(() => {
      const x = ones([2]);
      const draws = streamDraws(RandomStream.fromSeed(2));
      expect(drop(x, null, "a")).toBe(x);
      expect(drop(x, { rate: 0, draws }, "a")).toBe(x);
      expect(dropoutMask(null, "a", [2])).toBeNull();
    });
  });
});

describe("Decoder", () => {
  test("parameters", () => {
    tidy(() => {
      const shapes = (decoder: Decoder) =>
        Object.fromEntries(
          Object.entries(decoder.init(RandomStream.fromSeed(0))).map(([name, { shape }]) => [name, shape]),
        );
      const shared = {
        "ic_to_g0.weight": [4, 2],
        "ic_to_g0.bias": [4],
        "rnn.cell.gen_cell.weight_hh": [12, 4],
        "rnn.cell.gen_cell.bias_ih": [12],
        "rnn.cell.fac_linear.weight": [2, 4],
      };
      expect(shapes(decoderOf({ controlled: false }))).toEqual(shared);
      expect(shapes(decoderOf({ external: 2 }))).toEqual({
        ...shared,
        con_h0: [1, 3],
        "rnn.cell.gen_cell.weight_ih": [12, 3],
        "rnn.cell.con_cell.weight_ih": [9, 4],
        "rnn.cell.con_cell.weight_hh": [9, 3],
        "rnn.cell.con_cell.bias_ih": [9],
        "rnn.cell.co_linear.weight": [2, 3],
        "rnn.cell.co_linear.bias": [2],
      });
    });
  });

  test("the scale of a row of the factor weight changes nothing", () => {
    tidy(() => {
      const decoder = decoderOf();
      const parameters = decoder.init(RandomStream.fromSeed(0));
      const name = "rnn.cell.fac_linear.weight";
      const scaled = {
        ...parameters,
        [name]: mul(parameters[name]!, toTensor({ data: [7, 0.2], shape: [2, 1] })),
      };
      const run = (p: Parameters) =>
        decoder.apply(p, {
          bins,
          initialCondition: inputs.initialCondition(),
          controllerInput: inputs.controllerInput(),
        }).factors;
      expect(relativeError(run(scaled).dataSync(), numbers(run(parameters)))).toBeLessThan(1e-6);
    });
  });

  test.each([true, false])("generator states start undropped (controller: %s)", (controlled) => {
    tidy(() => {
      const decoder = decoderOf({ controlled });
      const parameters = decoder.init(RandomStream.fromSeed(0));
      const asked: Record<string, number[]> = {};
      const draws: Draws = {
        ...streamDraws(RandomStream.fromSeed(3)),
        bernoulli(name, shape) {
          asked[name] = [...shape];
          return zeros([...shape]);
        },
      };
      const run = (dropped: boolean) =>
        decoder.apply(
          parameters,
          {
            bins,
            initialCondition: inputs.initialCondition(),
            ...(controlled && { controllerInput: inputs.controllerInput() }),
          },
          dropped ? { rate: 0.5, draws } : null,
        );
      const output = run(true);
      expect(asked).toEqual({
        gen_init: [batch, 4],
        ...(controlled && { con_input: [bins, batch, encoded], con_factors: [bins, batch, factors] }),
        gen_state: [bins, batch, 4],
      });
      expect(numbers(output.generatorInit)).toEqual(numbers(run(false).generatorInit));
      // All dropped: no factors, while the generator itself goes on from its own states.
      expect(numbers(output.factors).every((value) => value === 0)).toBe(true);
      expect(numbers(output.generatorStates).some((value) => value !== 0)).toBe(true);
      if (!controlled) expect(numbers(output.generatorStates)).toEqual(numbers(run(false).generatorStates));
    });
  });

  test("refuses what does not fit", () => {
    expect(
      () =>
        new Decoder({
          initialCondition: 2,
          generator: cell(1, 4),
          factors,
          controller: new Controller(cell(4, 3), 2),
        }),
    ).toThrow("Decoder: the generator takes 1 inputs, fewer than the controller's 2");
    tidy(() => {
      const initialCondition = inputs.initialCondition();
      const apply = (decoder: Decoder, more: object) => () =>
        decoder.apply(decoder.init(RandomStream.fromSeed(0)), { bins, initialCondition, ...more });
      expect(apply(decoderOf(), {})).toThrow("Decoder.apply: a controller needs controllerInput");
      expect(apply(decoderOf({ external: 2 }), { controllerInput: inputs.controllerInput() })).toThrow(
        "Decoder.apply: externalInputs must have 2 columns, got 0",
      );
      expect(apply(decoderOf({ controlled: false }), { externalInputs: zeros([bins, batch, 1]) })).toThrow(
        "Decoder.apply: externalInputs must have 0 columns, got 1",
      );
    });
  });
});
