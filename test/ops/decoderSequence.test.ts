import { tidy, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type DecoderInputs, decoderSequence } from "../../src/ops";
import { useBackend } from "../backend";
import { decoderSequence as reference } from "./decoderReference";
import { checkGradients, type Named, randomValues, type Values } from "./differences";

interface Case {
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

function shapesOf(c: Case): Record<string, number[]> {
  const { bins, batch, encoded, con, outputs, gen, factors, external } = c;
  return {
    controllerInput: [bins, batch, encoded],
    conWeightIh: [3 * con, encoded + factors],
    conWeightHh: [3 * con, con],
    conBias: [3 * con],
    con0: [batch, con],
    coWeight: [2 * outputs, con],
    coBias: [2 * outputs],
    ...(c.noise && { noise: [bins, batch, outputs] }),
    ...(external > 0 && { externalInputs: [bins, batch, external] }),
    genWeightIh: [3 * gen, outputs + external],
    genWeightHh: [3 * gen, gen],
    genBias: [3 * gen],
    gen0: [batch, gen],
    facWeight: [factors, gen],
    factor0: [batch, factors],
    ...(c.factorMask && { factorMask: [bins, batch, factors] }),
    ...(c.generatorMask && { generatorMask: [bins, batch, gen] }),
  };
}

function inputsOf(c: Case): Named<Values> {
  const entries = Object.entries(shapesOf(c)).map(([name, shape]): [string, Values] => [
    name,
    randomValues(name, shape, 0.8),
  ]);
  return Object.fromEntries(entries);
}

function check(c: Case): void {
  checkGradients(
    (inputs) => ({ ...decoderSequence(inputs as unknown as DecoderInputs, c.clip) }),
    (values) => reference(values, c.clip),
    inputsOf(c),
    { outputs: 2e-6 },
  );
}

const plain: Case = {
  ...{ bins: 3, batch: 2, encoded: 2, con: 3, outputs: 2, gen: 4, factors: 3, external: 0 },
  ...{ noise: false, factorMask: false, generatorMask: false, clip: 5 },
};
const full: Case = { ...plain, external: 2, noise: true, factorMask: true, generatorMask: true };

describe.each(["cpu", "wasm"])("decoderSequence on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each<[string, Case]>([
    ["nothing optional", plain],
    ["noise", { ...plain, noise: true }],
    ["external inputs", { ...plain, external: 1 }],
    ["mask of the factors", { ...plain, factorMask: true }],
    ["mask of the generator states", { ...plain, generatorMask: true }],
    ["everything", full],
    ["one bin", { ...full, bins: 1 }],
    ["one trial", { ...full, batch: 1 }],
    ["one controller output", { ...full, outputs: 1 }],
    ["active bound", { ...full, clip: 0.3 }],
    ["no bound", { ...full, clip: Infinity }],
  ])("%s: states and gradients are those of the reference", (_, c) => check(c));

  test("random sizes", () => {
    const size = fc.integer({ min: 1, max: 4 });
    const cases = fc.record({
      ...{ bins: size, batch: fc.integer({ min: 1, max: 3 }), encoded: size, con: size },
      ...{ outputs: fc.integer({ min: 1, max: 3 }), gen: size, factors: size },
      ...{ external: fc.integer({ min: 0, max: 2 }), noise: fc.boolean() },
      ...{ factorMask: fc.boolean(), generatorMask: fc.boolean(), clip: fc.constantFrom(0.4, 5) },
    });
    fc.assert(fc.property(cases, check), { seed: 4, numRuns: 8 });
  });

  test("the active bound of the cases above saturates states of both cells", () => {
    const { controllerStates, generatorStates } = reference(inputsOf(full), 0.3);
    for (const states of [controllerStates!, generatorStates!]) {
      const saturated = states.filter((state) => Math.abs(state) === 0.3).length;
      expect(saturated).toBeGreaterThan(3);
      expect(states.length - saturated).toBeGreaterThan(3);
    }
  });
});

describe("decoderSequence refuses", () => {
  beforeAll(() => useBackend("cpu"));
  const run = (shapes: Record<string, number[]>, clip?: number) =>
    tidy(() => {
      const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)]));
      decoderSequence(inputs as unknown as DecoderInputs, clip);
    });
  const shapes = shapesOf(full);

  test.each(
    Object.entries(shapes).filter(
      // What the other shapes are measured by.
      ([name]) => !["controllerInput", "conWeightHh", "genWeightHh", "facWeight", "coWeight"].includes(name),
    ),
  )("%s of another shape", (name, shape) => {
    for (let axis = 0; axis < shape.length; axis++) {
      const wrong = shape.map((n, i) => (i === axis ? n + 1 : n));
      if (name === "externalInputs" && axis === 2) {
        expect(() => run({ ...shapes, [name]: wrong })).toThrow("decoderSequence: genWeightIh must be");
      } else {
        expect(() => run({ ...shapes, [name]: wrong })).toThrow(
          `decoderSequence: ${name} must be [${shape}], got [${wrong}]`,
        );
      }
    }
  });

  test.each(["conWeightHh", "genWeightHh", "facWeight", "coWeight"])("%s of another width", (name) => {
    const [rows, columns] = shapes[name] as [number, number];
    expect(() => run({ ...shapes, [name]: [rows, columns + 1] })).toThrow(/^decoderSequence: \w+ must be/);
    expect(() => run({ ...shapes, [name]: [rows + 1, columns] })).toThrow(/^decoderSequence: \w+ must be/);
  });

  test("no bins, a bound that is not positive", () => {
    expect(() => run({ ...shapes, controllerInput: [0, 2, 2] })).toThrow(
      "decoderSequence: controllerInput must be [bins >= 1, batch, width], got [0,2,2]",
    );
    expect(() => run({ ...shapes, controllerInput: [6, 2] })).toThrow(
      "decoderSequence: controllerInput must be [bins >= 1, batch, width], got [6,2]",
    );
    for (const clip of [0, -1, Number.NaN]) {
      expect(() => run(shapes, clip)).toThrow(`decoderSequence: clip must be positive, got ${clip}`);
    }
  });
});
