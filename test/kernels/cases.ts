import type { Tensor } from "@tensorflow/tfjs-core";
import { type DecoderInputs, decoderSequence, gruSequence, linear } from "../../src/ops";
import { type Named, randomValues, type Values } from "../ops/values";

/** An operation with inputs to run it on. */
export interface OpCase {
  readonly op: (inputs: Named<Tensor>) => Named<Tensor>;
  readonly inputs: Named<Values>;
}

/** Sizes of a linear map. */
export interface LinearSizes {
  /** Of the input. */
  readonly shape: readonly number[];
  readonly outputs: number;
  readonly bias: boolean;
}

/** Sizes of a GRU sequence. */
export interface GruSizes {
  readonly bins: number;
  readonly batch: number;
  /** 0 = a cell without inputs. */
  readonly inputs: number;
  readonly units: number;
  readonly reverse: boolean;
  readonly clip: number;
}

/** Sizes of a decoder sequence. */
export interface DecoderSizes {
  readonly bins: number;
  readonly batch: number;
  /** Widths of encoded input, controller, controller output, generator, factors, external inputs (0 = none). */
  readonly encoded: number;
  readonly con: number;
  readonly outputs: number;
  readonly gen: number;
  readonly factors: number;
  readonly external: number;
  readonly noise: boolean;
  readonly factorMask: boolean;
  readonly generatorMask: boolean;
  readonly clip: number;
}

/** @param seed of the inputs */
export function linearCase({ shape, outputs, bias }: LinearSizes, seed = ""): OpCase {
  const inputs = shape.at(-1)!;
  return {
    op: ({ x, weight, bias }) => ({ y: bias ? linear(x!, weight!, bias) : linear(x!, weight!) }),
    inputs: {
      x: randomValues(`${seed}x`, shape),
      weight: randomValues(`${seed}weight`, [outputs, inputs], 1 / Math.sqrt(inputs)),
      ...(bias && { bias: randomValues(`${seed}bias`, [outputs]) }),
    },
  };
}

/** @param seed of the inputs */
export function gruCase({ bins, batch, inputs, units, reverse, clip }: GruSizes, seed = ""): OpCase {
  return {
    op: ({ x, h0, weightHh, bias, weightIh }) => ({
      states: gruSequence(x ?? null, { weightIh, weightHh: weightHh!, bias: bias! }, h0!, {
        clip,
        reverse,
        ...(!x && { bins }),
      }),
    }),
    inputs: {
      weightHh: randomValues(`${seed}hh`, [3 * units, units], 1 / Math.sqrt(units)),
      bias: randomValues(`${seed}bias`, [3 * units]),
      h0: randomValues(`${seed}h0`, [batch, units]),
      ...(inputs > 0 && {
        x: randomValues(`${seed}x`, [bins, batch, inputs]),
        weightIh: randomValues(`${seed}ih`, [3 * units, inputs], 1 / Math.sqrt(inputs)),
      }),
    },
  };
}

/** @param seed of the inputs */
export function decoderCase(c: DecoderSizes, seed = ""): OpCase {
  const { bins, batch, encoded, con, outputs, gen, factors, external } = c;
  const values = (name: string, ...shape: number[]) => ({ [name]: randomValues(seed + name, shape) });
  /** Weights of `inputs` columns whose sums are of order one. */
  const weight = (name: string, rows: number, inputs: number) => ({
    [name]: randomValues(seed + name, [rows, inputs], 1 / Math.sqrt(inputs)),
  });
  return {
    op: (inputs) => ({ ...decoderSequence(inputs as unknown as DecoderInputs, c.clip) }),
    inputs: {
      ...values("controllerInput", bins, batch, encoded),
      ...weight("conWeightIh", 3 * con, encoded + factors),
      ...weight("conWeightHh", 3 * con, con),
      ...values("conBias", 3 * con),
      ...values("con0", batch, con),
      ...weight("coWeight", 2 * outputs, con),
      ...values("coBias", 2 * outputs),
      ...(c.noise && values("noise", bins, batch, outputs)),
      ...(external > 0 && values("externalInputs", bins, batch, external)),
      ...weight("genWeightIh", 3 * gen, outputs + external),
      ...weight("genWeightHh", 3 * gen, gen),
      ...values("genBias", 3 * gen),
      ...values("gen0", batch, gen),
      ...weight("facWeight", factors, gen),
      ...values("factor0", batch, factors),
      ...(c.factorMask && values("factorMask", bins, batch, factors)),
      ...(c.generatorMask && values("generatorMask", bins, batch, gen)),
    },
  };
}
