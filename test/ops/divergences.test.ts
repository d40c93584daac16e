import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type AutoregressiveInputs,
  autoregressiveDivergence,
  type NormalDivergenceInputs,
  normalDivergence,
  squaredNorms,
} from "../../src/ops";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { checkGradients, type Named, randomValues, toTensor } from "./differences";
import { divergence, estimate, positive } from "./divergences";

/** Zeros in the shapes of inputs, some of them replaced. */
function blank<Inputs>(shapes: Named<number[]>, other: Named<number[]> = {}): Inputs {
  const entries = Object.entries({ ...shapes, ...other });
  return Object.fromEntries(entries.map(([name, shape]) => [name, zeros(shape)])) as Inputs;
}

describe.each(["cpu", "wasm"])("scalars with slopes on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("squaredNorms", () => {
    const norms = ({ a, b, c }: Named<Tensor>) => squaredNorms([a!, b!, c!], [0.5, -2, 3]);
    const square = (x: readonly number[]) => x.reduce((sum, v) => sum + v * v, 0);
    checkGradients(
      (x) => ({ y: norms(x) }),
      ({ a, b, c }) => ({ y: [0.5 * square(a!.data) - 2 * square(b!.data) + 3 * square(c!.data)] }),
      { a: randomValues("a", [4, 3]), b: randomValues("b", [7]), c: randomValues("c", []) },
    );
    expect(squaredNorms([], []).dataSync()[0]).toBe(0);
    expect(() => squaredNorms([zeros([2])], [1, 2])).toThrow(
      "squaredNorms: factors must be as many as tensors, 1, got 2",
    );
  });

  test.each([[[5]], [[6, 3]], [[4, 5, 3]]])("normalDivergence of %j", (shape) => {
    checkGradients(
      (x) => ({ y: normalDivergence(x as NormalDivergenceInputs) }),
      (values) => ({ y: [divergence(values)] }),
      {
        mean: randomValues("mean", shape),
        std: positive(randomValues("std", shape)),
        priorMean: randomValues("prior mean", shape.slice(-1)),
        logvar: randomValues("logvar", shape.slice(-1)),
      },
    );
  });

  test.each([[[3, 4, 2]], [[1, 1, 3]], [[2, 1, 1]], [[2, 2, 1]]])(
    "autoregressiveDivergence of %j",
    (shape) => {
      const noise = randomValues("noise", shape);
      checkGradients(
        (x) => ({ y: autoregressiveDivergence({ ...x, noise: toTensor(noise) } as AutoregressiveInputs) }),
        (values) => ({ y: [estimate(values, noise.data)] }),
        {
          mean: randomValues("mean", shape),
          std: positive(randomValues("std", shape)),
          logtaus: randomValues("logtaus", shape.slice(-1)),
          lognvars: randomValues("lognvars", shape.slice(-1)),
        },
      );
    },
  );

  test("shapes of normalDivergence", () => {
    const shapes = { mean: [4, 3], std: [4, 3], priorMean: [3], logvar: [3] };
    const of = (other: Named<number[]>) => () => normalDivergence(blank(shapes, other));
    expect(of({ mean: [] })).toThrow("normalDivergence: mean must be [..., size], got []");
    expect(of({ std: [3] })).toThrow("normalDivergence: std must be [4,3], got [3]");
    expect(of({ priorMean: [1] })).toThrow("normalDivergence: priorMean must be [3], got [1]");
    expect(of({ logvar: [1, 3] })).toThrow("normalDivergence: logvar must be [3], got [1,3]");
  });

  test("shapes of autoregressiveDivergence, and noise as a constant", () => {
    const shapes = { mean: [4, 5, 3], std: [4, 5, 3], noise: [4, 5, 3], logtaus: [3], lognvars: [3] };
    const of = (other: Named<number[]>) => () =>
      autoregressiveDivergence(blank<AutoregressiveInputs>(shapes, other));
    const at = "autoregressiveDivergence:";
    expect(of({ mean: [5, 3] })).toThrow(`${at} mean must be [trials, bins, size], got [5,3]`);
    expect(of({ std: [5, 3] })).toThrow(`${at} std must be [4,5,3], got [5,3]`);
    expect(of({ noise: [5, 4, 3] })).toThrow(`${at} noise must be [4,5,3], got [5,4,3]`);
    expect(of({ logtaus: [1] })).toThrow(`${at} logtaus must be [3], got [1]`);
    expect(of({ lognvars: [4] })).toThrow(`${at} lognvars must be [3], got [4]`);
    const inputs = blank<AutoregressiveInputs>(shapes);
    expect(() => valueAndGradients(() => autoregressiveDivergence(inputs), { noise: inputs.noise })).toThrow(
      `${at} noise is a constant, without a gradient`,
    );
  });
});
