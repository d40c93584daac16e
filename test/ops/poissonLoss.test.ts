import { mul, onesLike, sub, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type PoissonLossInputs, poissonLoss } from "../../src/ops";
import { valueAndGradients } from "../../src/train/gradients";
import { useBackend } from "../backend";
import {
  checkGradients,
  type Named,
  randomValues,
  relativeError,
  toTensor,
  type Values,
} from "./differences";

const [bins, batch, channels, factors] = [4, 3, 5, 2];
const all = [batch, bins, channels];
/** Every count from 0 to 6, and one that is far from them. */
const counts: Values = {
  data: Array.from({ length: batch * bins * channels }, (_, i) => (i === 7 ? 40 : i % 7)),
  shape: all,
};
const variables: Named<Values> = {
  factors: randomValues("factors", [bins, batch, factors]),
  weight: randomValues("weight", [channels, factors], 0.5),
  bias: randomValues("bias", [channels], 0.5),
};
const lossWeight = randomValues("loss weight", all);
const heldOutWeight = randomValues("held-out weight", [batch, bins - 1, channels - 2]);

function stirling(k: number): number {
  return k > 1 ? k * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI * k) : 0;
}

/** Loss of element `[trial, t, n]`. */
function lossAt({ factors: f, weight, bias }: Named<Values>, trial: number, t: number, n: number): number {
  let o = bias!.data[n]!;
  for (let i = 0; i < factors; i++) {
    o += weight!.data[n * factors + i]! * f!.data[(t * batch + trial) * factors + i]!;
  }
  const k = counts.data[(trial * bins + t) * channels + n]!;
  return Math.exp(o) - k * o + stirling(k);
}

/** Sum of the losses times a weight of the elements that come first. */
function summed(values: Named<Values>, weight: Values | null): number {
  const [, someBins, someChannels] = (weight?.shape ?? all) as [number, number, number];
  let sum = 0;
  for (let trial = 0; trial < batch; trial++) {
    for (let t = 0; t < someBins; t++) {
      for (let n = 0; n < someChannels; n++) {
        const w = weight ? weight.data[(trial * someBins + t) * someChannels + n]! : 1;
        sum += w * lossAt(values, trial, t, n);
      }
    }
  }
  return sum;
}

describe.each(["cpu", "wasm"])("poissonLoss on %s", (backend) => {
  beforeAll(() => useBackend(backend));
  const inputs = (variables: Named<Tensor>, more: Partial<PoissonLossInputs> = {}): PoissonLossInputs => ({
    factors: variables.factors!,
    weight: variables.weight!,
    bias: variables.bias!,
    counts: toTensor(counts),
    ...more,
  });

  test("loss and gradients are those of the formula", () => {
    checkGradients(
      (variables) => ({ total: poissonLoss(inputs(variables)).total }),
      (values) => ({ total: [summed(values, null)] }),
      variables,
    );
    checkGradients(
      (variables) => ({ total: poissonLoss(inputs(variables, { lossWeight: toTensor(lossWeight) })).total }),
      (values) => ({ total: [summed(values, lossWeight)] }),
      variables,
    );
  });

  test("the held-out sum has its own weights, over the elements that come first", () => {
    const heldOut = tidy(() => {
      const given = Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, toTensor(v)]));
      const more = { lossWeight: toTensor(lossWeight), heldOutWeight: toTensor(heldOutWeight) };
      const [loss, plain] = [poissonLoss(inputs(given, more)), poissonLoss(inputs(given))];
      expect(plain.heldOut.dataSync()[0]).toBe(0);
      return loss.heldOut.dataSync()[0]!;
    });
    const expected = summed(variables, heldOutWeight);
    expect(relativeError([heldOut], [expected])).toBeLessThan(1e-6);
  });

  test("a mask splits the gradient and leaves the loss", () => {
    const mask: Values = { data: lossWeight.data.map((x) => (x > 0 ? 1 : 0)), shape: all };
    const given = Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, toTensor(v)]));
    const run = (make: ((mask: Tensor) => Tensor) | null) =>
      valueAndGradients(
        () =>
          tidy(() => poissonLoss(inputs(given, make ? { gradientMask: make(toTensor(mask)) } : {})).total),
        given,
      );
    const whole = run(null);
    const kept = run((mask) => mask);
    const rest = run((mask) => sub(onesLike(mask), mask));
    expect(kept.value.dataSync()).toEqual(whole.value.dataSync());
    for (const name of Object.keys(variables)) {
      const [a, b] = [kept.gradients[name]!.dataSync(), rest.gradients[name]!.dataSync()];
      expect(relativeError(a, whole.gradients[name]!.dataSync())).toBeGreaterThan(0.05);
      expect(
        relativeError(
          a.map((x, i) => x + b[i]!),
          whole.gradients[name]!.dataSync(),
        ),
      ).toBeLessThan(1e-6);
    }
  });

  test("weights and masks are constants; shapes are checked", () => {
    const given = Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, toTensor(v)]));
    const weight = toTensor(lossWeight);
    expect(() =>
      valueAndGradients(() => tidy(() => poissonLoss(inputs(given, { lossWeight: mul(weight, 1) })).total), {
        weight,
      }),
    ).toThrow("poissonLoss: counts, weights and masks are constants, without gradients");
    expect(() => poissonLoss(inputs(given, { counts: zeros([3, 4, 4]) }))).toThrow(
      "poissonLoss: counts must be [3,4,5], got [3,4,4]",
    );
    expect(() => poissonLoss(inputs(given, { bias: zeros([4]) }))).toThrow(
      "poissonLoss: bias must be [5], got [4]",
    );
    expect(() => poissonLoss(inputs(given, { factors: zeros([4, 3]) }))).toThrow(
      "poissonLoss: factors must be [bins, trials, factors], got [4,3]",
    );
    expect(() => poissonLoss(inputs(given, { heldOutWeight: zeros([3, 5, 5]) }))).toThrow(
      "poissonLoss: heldOutWeight must be [3, at most 4, at most 5], got [3,5,5]",
    );
  });
});
