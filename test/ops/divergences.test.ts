import { add, mul, sum, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type AutoregressiveInputs,
  autoregressiveDivergence,
  type NormalDivergenceInputs,
  normalDivergence,
  posterior,
} from "../../src/ops";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import { checkGradients, type Named, randomValues, relativeError, toTensor } from "./differences";
import { divergence, estimate, positive } from "./divergences";

/** Zeros in the shapes of inputs, some of them replaced. */
function blank<Inputs>(shapes: Named<number[]>, other: Named<number[]> = {}): Inputs {
  const entries = Object.entries({ ...shapes, ...other });
  return Object.fromEntries(entries.map(([name, shape]) => [name, zeros(shape)])) as Inputs;
}

describe.each(["cpu", "wasm"])("posteriors and their divergences on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("posterior", () => {
    for (const varianceMin of [0, 0.3]) {
      checkGradients(
        ({ both }) => posterior(both!, varianceMin),
        ({ both }) => {
          const rows = [0, 1, 2, 3].map((row) => both!.data.slice(6 * row, 6 * row + 6));
          return {
            mean: rows.flatMap((row) => row.slice(0, 3)),
            std: rows.flatMap((row) => row.slice(3).map((v) => Math.sqrt(Math.exp(v) + varianceMin))),
          };
        },
        { both: randomValues("both", [4, 6]) },
      );
    }
    expect(() => posterior(zeros([4, 5]), 0)).toThrow("posterior: both must be [rows, 2 size], got [4,5]");
    expect(() => posterior(zeros([4]), 0)).toThrow("posterior: both must be [rows, 2 size], got [4]");
  });

  test.each([0, 1])("posterior of which result %i alone has a gradient", (alone) => {
    const both = toTensor(randomValues("both", [4, 6]));
    const of = (pick: (result: Named<Tensor>) => Tensor) =>
      valueAndGradients(() => tidy(() => sum(pick(posterior(both, 0.1)))), { both }).gradients.both!;
    const expected = Array.from(
      of(({ mean, std }) => add(mul(mean!, 1 - alone), mul(std!, alone))).dataSync(),
    );
    const one = of(({ mean, std }) => (alone ? std! : mean!));
    expect(relativeError(one.dataSync(), expected)).toBeLessThan(1e-6);
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
