import { tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { dropped, masked, swap, takeRows } from "../../src/ops";
import { bernoulli, normal, RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { randomValues } from "../ops/differences";
import { compareWithComposed } from "./compare";

const length = fc.integer({ min: 1, max: 30 });
const shapes = fc.tuple(length, length, length);

describe.each(["cpu", "wasm"])("fused moves and masks on %s", (backend) => {
  beforeAll(() => useBackend(backend));
  const holds = (property: fc.IAsyncProperty<unknown>) => fc.assert(property, { seed: 1, numRuns: 30 });

  test("swap and masked, of each other's results", () =>
    holds(
      fc.asyncProperty(shapes, (shape) =>
        compareWithComposed(
          ({ x, mask }) => ({ y: masked(swap(masked(x!, mask!)), swap(mask!)), z: swap(swap(x!)) }),
          { x: randomValues("x", shape), mask: randomValues("mask", shape) },
          1e-7,
        ),
      ),
    ));

  test("dropped", () =>
    holds(
      fc.asyncProperty(shapes, fc.tuple(length, length), ([trials, bins, channels], more) => {
        const mask = bernoulli(RandomStream.fromSeed(0), trials * bins * channels, 0.6, 2);
        return compareWithComposed(
          ({ x }) => ({
            y: masked(
              x!,
              dropped(tensor(mask, [trials, bins, channels]), [trials, bins + more[0], channels + more[1]]),
            ),
          }),
          { x: randomValues("x", [trials, bins + more[0], channels + more[1]]) },
          1e-7,
        );
      }),
    ));

  test("takeRows", () =>
    holds(
      fc.asyncProperty(shapes, fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }), (shape, picks) => {
        const size = shape.reduce((product, n) => product * n, 1);
        const rows = { data: normal(RandomStream.fromSeed(0), size), shape };
        const indices = picks.map((i) => i % shape[0]);
        return compareWithComposed(
          ({ x }) => ({ y: masked(x!, takeRows(rows, indices)) }),
          { x: randomValues("x", [indices.length, ...shape.slice(1)]) },
          1e-7,
        );
      }),
    ));
});
