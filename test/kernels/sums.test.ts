import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import { useBackend } from "../backend";
import { divergencesCase, normsCase, posteriorCase } from "./cases";
import { compareWithComposed } from "./compare";

const length = fc.integer({ min: 1, max: 30 });

describe.each(["cpu", "wasm"])("fused sums and posteriors on %s", (backend) => {
  beforeAll(() => useBackend(backend));
  const holds = (property: fc.IAsyncProperty<unknown>) => fc.assert(property, { seed: 1, numRuns: 30 });

  test("squared norms of tensors of the backend and of the kernels", () =>
    holds(
      fc.asyncProperty(
        fc.array(fc.array(length, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        (shapes) => compareWithComposed(normsCase({ shapes })),
      ),
    ));

  test("rows and posteriors", () =>
    holds(
      fc.asyncProperty(length, length, (rows, size) => compareWithComposed(posteriorCase({ rows, size }))),
    ));

  test("divergences", () =>
    holds(
      fc.asyncProperty(fc.tuple(length, length, length), (shape) =>
        compareWithComposed(divergencesCase({ shape })),
      ),
    ));
});
