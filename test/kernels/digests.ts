import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { type DecoderInputs, decoderSequence, gruSequence, linear } from "../../src/ops";
import { onPath } from "../../src/ops/kernelPath";
import { hash } from "../../src/random/hash";
import { type Named, randomValues, type Values } from "../ops/values";
import { type OpCase, odeCase, poissonCase } from "./cases";
import { compute } from "./compute";

const weight = (name: string, rows: number, columns: number) =>
  randomValues(name, [rows, columns], 1 / Math.sqrt(columns));

function sparse({ data, shape }: Values): Values {
  return { data: data.map((x) => (x > 1 ? x : 0)), shape };
}

/** Work enough for five threads, in sizes that nothing divides. */
export const CASES: Record<string, OpCase> = {
  linear: {
    op: ({ x, weight, bias }) => ({ y: linear(x!, weight!, bias) }),
    inputs: {
      x: randomValues("x", [7, 131, 61]),
      weight: weight("weight", 103, 61),
      bias: randomValues("bias", [103]),
    },
  },
  ...Object.fromEntries(
    [false, true].map((reverse) => [
      `gruSequence, ${reverse ? "backwards" : "forwards"}`,
      {
        op: ({ x, h0, weightIh, weightHh, bias }: Named<Tensor>) => ({
          states: gruSequence(x!, { weightIh, weightHh: weightHh!, bias: bias! }, h0!, { reverse }),
        }),
        inputs: {
          x: randomValues("x", [11, 53, 37]),
          h0: randomValues("h0", [53, 45]),
          weightIh: weight("ih", 135, 37),
          weightHh: weight("hh", 135, 45),
          bias: randomValues("bias", [135]),
        },
      },
    ]),
  ),
  "gruSequence of few entries": {
    op: ({ x, h0, weightIh, weightHh, bias }) => ({
      states: gruSequence(x!, { weightIh, weightHh: weightHh!, bias: bias! }, h0!),
    }),
    inputs: {
      x: sparse(randomValues("x", [11, 153, 37])),
      h0: randomValues("h0", [153, 45]),
      weightIh: weight("ih", 135, 37),
      weightHh: weight("hh", 135, 45),
      bias: randomValues("bias", [135]),
    },
  },
  odeSequence: odeCase({
    ...{ bins: 5, batch: 231, inputs: 7, size: 11, widths: [61, 37] },
    ...{ activation: "tanh", solver: "rungeKutta4", stepsPerBin: 2 },
  }),
  poissonLoss: poissonCase({
    ...{ bins: 7, batch: 131, channels: 61, factors: 37, rate: 0.5 },
    ...{ weights: true, heldOut: 2 },
  }),
  decoderSequence: {
    op: (inputs) => ({ ...decoderSequence(inputs as unknown as DecoderInputs, 1) }),
    inputs: {
      controllerInput: randomValues("ci", [7, 47, 21]),
      conWeightIh: weight("conIh", 3 * 35, 21 + 29),
      conWeightHh: weight("conHh", 3 * 35, 35),
      conBias: randomValues("conBias", [3 * 35]),
      con0: randomValues("con0", [47, 35]),
      coWeight: weight("co", 2 * 3, 35),
      coBias: randomValues("coBias", [2 * 3]),
      noise: randomValues("noise", [7, 47, 3]),
      externalInputs: randomValues("external", [7, 47, 2]),
      genWeightIh: weight("genIh", 3 * 51, 3 + 2),
      genWeightHh: weight("genHh", 3 * 51, 51),
      genBias: randomValues("genBias", [3 * 51]),
      gen0: randomValues("gen0", [47, 51]),
      facWeight: weight("fac", 29, 51),
      factor0: randomValues("factor0", [47, 29]),
      factorMask: randomValues("factorMask", [7, 47, 29]),
      generatorMask: randomValues("generatorMask", [7, 47, 51]),
    },
  },
};

/** Digests of all outputs and gradients of an operation on the path `simd`. */
export function digests({ op, inputs }: OpCase): Record<string, string> {
  const { outputs, gradients } = onPath("simd", () => compute(op, inputs));
  const entries = Object.entries({ ...outputs, ...gradients }).map(([name, values]) => {
    expect(values.some((value) => value !== 0)).toBe(true);
    return [name, hash([0, 0, 0, 0], [...new Int32Array(values.slice().buffer)]).join()];
  });
  return Object.fromEntries(entries);
}
