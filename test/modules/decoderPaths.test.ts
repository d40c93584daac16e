import { add, dispose, memory, mul, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Cell,
  ClippedGruCell,
  Controller,
  Decoder,
  type DecoderOutput,
  type Parameters,
} from "../../src/modules";
import { streamDraws } from "../../src/ops";
import { RandomStream } from "../../src/random";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { randomValues, relativeError, toTensor } from "../ops/differences";

/** The same cell, of which nobody can tell that it is a clipped GRU. */
function hidden(cell: Cell): Cell {
  const { inputSize, stateSize, recurrentKernels } = cell;
  return {
    ...{ inputSize, stateSize, recurrentKernels },
    init: (stream) => cell.init(stream),
    step: (parameters, input, state) => cell.step(parameters, input, state),
  };
}

interface Case {
  readonly controller?: boolean;
  readonly external?: number;
  readonly noise?: boolean;
  readonly dropout?: number;
  readonly clip?: number;
  readonly bins?: number;
}

const sizes = { batch: 3, encoded: 4, con: 3, outputs: 2, gen: 5, factors: 4, ic: 2 };

function decoderOf({ controller = true, external = 0, clip = 5 }: Case, wrap: (cell: Cell) => Cell): Decoder {
  const { encoded, con, outputs, gen, factors, ic } = sizes;
  const cell = (inputSize: number, stateSize: number) =>
    wrap(new ClippedGruCell({ inputSize, stateSize, clip }));
  return new Decoder({
    initialCondition: ic,
    generator: cell((controller ? outputs : 0) + external, gen),
    factors,
    controller: controller ? new Controller(cell(encoded + factors, con), outputs) : undefined,
  });
}

function variablesOf(c: Case, decoder: Decoder): Parameters {
  const { controller = true, external = 0, noise = false, bins = 4 } = c;
  const { batch, encoded, outputs, ic } = sizes;
  const parameters = decoder.init(RandomStream.fromSeed("decoder"));
  const moved = Object.entries(parameters).map(([name, value]): [string, Tensor] => [
    name,
    tidy(() => add(value, toTensor(randomValues(name, value.shape, 0.3)))),
  ]);
  for (const value of Object.values(parameters)) value.dispose();
  const input = (name: string, width: number) => toTensor(randomValues(name, [bins, batch, width]));
  return {
    ...Object.fromEntries(moved),
    initialCondition: toTensor(randomValues("ic", [batch, ic])),
    ...(controller && { controllerInput: input("ci", encoded) }),
    ...(external > 0 && { externalInputs: input("external", external) }),
    ...(controller && noise && { noise: input("noise", outputs) }),
  };
}

function run(c: Case, decoder: Decoder, variables: Parameters): DecoderOutput {
  const { controllerInput = null, externalInputs = null, noise = null, initialCondition } = variables;
  const { bins = 4, dropout: rate = 0 } = c;
  const dropout = rate > 0 ? { rate, draws: streamDraws(RandomStream.fromSeed("masks")) } : null;
  return decoder.apply(
    variables,
    { initialCondition: initialCondition!, bins, controllerInput, externalInputs, noise },
    dropout,
  );
}

function outputsOf(output: DecoderOutput): Record<string, Tensor> {
  const { controllerOutput, ...states } = output;
  const all = { ...states, mean: controllerOutput?.mean ?? null, std: controllerOutput?.std ?? null };
  return Object.fromEntries(Object.entries(all).filter(([, y]) => y)) as Record<string, Tensor>;
}

/** Outputs, and gradients of their weighted sum. */
function evaluate(c: Case, decoder: Decoder, variables: Parameters) {
  const outputs = tidy(() =>
    Object.fromEntries(
      Object.entries(outputsOf(run(c, decoder, variables))).map(([name, y]) => [
        name,
        { shape: y.shape, data: y.dataSync().slice() },
      ]),
    ),
  );
  const { value, gradients } = valueAndGradients(
    () =>
      tidy(() =>
        Object.entries(outputsOf(run(c, decoder, variables)))
          .map(([name, y]) => sum(mul(y, toTensor(randomValues(`weight of ${name}`, y.shape)))))
          .reduce((total, part) => add(total, part)),
      ),
    variables,
  );
  const slopes = Object.fromEntries(
    Object.entries(gradients).map(([name, g]) => [name, { shape: g.shape, data: g.dataSync().slice() }]),
  );
  dispose([value, ...Object.values(gradients)]);
  return { outputs, slopes };
}

function expectAgreement(c: Case, first: (cell: Cell) => Cell, second: (cell: Cell) => Cell): void {
  const before = memory().numTensors;
  const decoders = [first, second].map((wrap) => decoderOf(c, wrap)) as [Decoder, Decoder];
  const variables = variablesOf(c, decoders[0]);
  const [a, b] = decoders.map((decoder) => evaluate(c, decoder, variables));
  for (const kind of ["outputs", "slopes"] as const) {
    expect(Object.keys(b![kind])).toEqual(Object.keys(a![kind]));
    for (const [name, { data, shape }] of Object.entries(a![kind])) {
      expect(b![kind][name]!.shape, name).toEqual(shape);
      expect(relativeError(b![kind][name]!.data, data), `${kind}: ${name}`).toBeLessThan(1e-5);
    }
  }
  expect(Object.keys(a!.slopes).sort()).toEqual(
    Object.keys(variables)
      .filter((name) => c.noise || name !== "noise")
      .sort(),
  );
  dispose(Object.values(variables));
  expect(memory().numTensors).toBe(before);
}

const same = (cell: Cell) => cell;

describe.each(["cpu", "wasm"])("decoder on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Case]>([
    ["controller", {}],
    ["controller, noise", { noise: true }],
    ["controller, external inputs", { external: 2 }],
    ["controller, dropout", { dropout: 0.3 }],
    ["controller, all of them", { noise: true, external: 1, dropout: 0.4 }],
    ["controller, active bound", { noise: true, external: 1, dropout: 0.4, clip: 0.3 }],
    ["controller, one bin", { noise: true, external: 1, dropout: 0.4, bins: 1 }],
    ["alone", { controller: false }],
    ["alone, external inputs", { controller: false, external: 2 }],
    ["alone, dropout, active bound", { controller: false, external: 1, dropout: 0.3, clip: 0.3 }],
    ["alone, one bin", { controller: false, dropout: 0.3, bins: 1 }],
  ])("%s: fused and step by step agree", (_, c) => expectAgreement(c, same, hidden));

  test("cells with bounds of their own run step by step", () => {
    const { encoded, con, outputs, gen, factors, ic } = sizes;
    const build = (wrap: (cell: Cell) => Cell) =>
      new Decoder({
        initialCondition: ic,
        factors,
        generator: wrap(new ClippedGruCell({ inputSize: outputs, stateSize: gen, clip: 0.3 })),
        controller: new Controller(
          wrap(new ClippedGruCell({ inputSize: encoded + factors, stateSize: con, clip: 0.5 })),
          outputs,
        ),
      });
    const [own, wrapped] = [build(same), build(hidden)];
    const variables = variablesOf({}, own);
    const [a, b] = [own, wrapped].map((decoder) => evaluate({}, decoder, variables).outputs);
    expect(a).toEqual(b);
    const largest = (name: string) => Math.max(...a![name]!.data.map(Math.abs));
    expect(largest("generatorStates")).toBe(Math.fround(0.3));
    expect(largest("controllerStates")).toBeGreaterThan(0.3);
    dispose(Object.values(variables));
  });
});

test("a cell that inherits from the clipped GRU keeps its own step", async () => {
  await useBackend("cpu");
  class Still extends ClippedGruCell {
    override step(_: Parameters, __: Tensor | null, state: Tensor): Tensor {
      return state.clone();
    }
  }
  const still = (cell: Cell) => new Still(cell);
  for (const controller of [true, false]) {
    const c = { controller, external: 1 };
    const decoder = decoderOf(c, still);
    const variables = variablesOf(c, decoder);
    const { generatorStates, generatorInit } = evaluate(c, decoder, variables).outputs;
    const start = [...generatorInit!.data];
    expect([...generatorStates!.data]).toEqual([...start, ...start, ...start, ...start]);
    dispose(Object.values(variables));
  }
});
