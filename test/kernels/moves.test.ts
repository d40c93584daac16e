import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { masked, takeRows } from "../../src/ops";
import { normal, RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import { randomValues } from "../ops/differences";
import { maskCase } from "./cases";
import { compareWithComposed } from "./compare";

const length = fc.integer({ min: 1, max: 30 });
const shapes = fc.tuple(length, length, length);

describe.each(["cpu", "wasm"])("fused moves and masks on %s", (backend) => {
  beforeAll(() => useBackend(backend));
  const holds = (property: fc.IAsyncProperty<unknown>) => fc.assert(property, { seed: 1, numRuns: 30 });

  test("masks and exchanges of axes", () =>
    holds(fc.asyncProperty(shapes, (shape) => compareWithComposed(maskCase({ shape }), 1e-7))));

  test("takeRows", () =>
    holds(
      fc.asyncProperty(shapes, fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }), (shape, picks) => {
        const size = shape.reduce((product, n) => product * n, 1);
        const rows = { data: normal(RandomStream.fromSeed(0), size), shape };
        const indices = picks.map((i) => i % shape[0]);
        return compareWithComposed(
          {
            op: ({ x }) => ({ y: masked(x!, takeRows(rows, indices)) }),
            inputs: { x: randomValues("x", [indices.length, ...shape.slice(1)]) },
          },
          1e-7,
        );
      }),
    ));
});
