import { tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { linear, normalizeRows, repeatRow } from "../../src/ops";
import { useBackend } from "../backend";
import { checkGradients, type Named, randomValues, toTensor, type Values } from "./differences";
import { dot, rows } from "./gruReference";

/** Rows of the last axis. */
function lastAxis({ data, shape }: Values): number[][] {
  const width = shape.at(-1)!;
  return rows({ data, shape: [data.length / width, width] });
}

const affine = ({ x, weight, bias }: Named<Values>) => ({
  y: lastAxis(x!).flatMap((row) => rows(weight!).map((w, i) => dot(w, row) + (bias?.data[i] ?? 0))),
});

describe.each(["cpu", "wasm"])("affine maps on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each([[[4]], [[1, 4]], [[3, 4]], [[2, 3, 4]], [[1, 2, 3, 4]]])("linear of %j", (shape) => {
    const inputs = { x: randomValues("x", shape), weight: randomValues("weight", [5, 4]) };
    const biased = { ...inputs, bias: randomValues("bias", [5]) };
    checkGradients(({ x, weight }) => ({ y: linear(x!, weight!) }), affine, inputs);
    checkGradients(({ x, weight, bias }) => ({ y: linear(x!, weight!, bias) }), affine, biased);
    tidy(() => {
      const y = linear(toTensor(inputs.x), toTensor(inputs.weight));
      expect(y.shape).toEqual([...shape.slice(0, -1), 5]);
    });
  });

  test("one input, one output", () => {
    const inputs = { x: randomValues("x", [3, 1]), weight: randomValues("weight", [1, 1]) };
    checkGradients(({ x, weight }) => ({ y: linear(x!, weight!) }), affine, inputs);
  });

  test("normalizeRows divides rows by their norms", () => {
    const inputs = { weight: randomValues("weight", [3, 4]) };
    checkGradients(
      ({ weight }) => ({ y: normalizeRows(weight!) }),
      ({ weight }) => ({ y: rows(weight!).flatMap((w) => w.map((x) => x / Math.sqrt(dot(w, w)))) }),
      inputs,
    );
  });

  test("repeatRow", () => {
    checkGradients(
      ({ row }) => ({ y: repeatRow(row!, 3) }),
      ({ row }) => ({ y: [0, 1, 2].flatMap(() => row!.data) }),
      { row: randomValues("row", [1, 4]) },
    );
    tidy(() => {
      expect(repeatRow(zeros([1, 4]), 3).shape).toEqual([3, 4]);
      expect(() => repeatRow(zeros([2, 4]), 3)).toThrow("repeatRow: row must be [1, n], got [2,4]");
    });
  });
});

describe("affine maps refuse", () => {
  beforeAll(() => useBackend("cpu"));
  const run = (x: number[], weight: number[], bias?: number[]) => () =>
    tidy(() => {
      linear(zeros(x), zeros(weight), bias && zeros(bias));
    });

  test("shapes that do not fit", () => {
    expect(run([2, 3], [4, 3], [4])).not.toThrow();
    expect(run([2, 4], [4, 3])).toThrow(
      "linear: x [2,4] must end with the inputs of weight [outputs, inputs] = [4,3]",
    );
    expect(run([], [4, 3])).toThrow("linear: x [] must end with");
    expect(run([2, 3], [3])).toThrow("linear: x [2,3] must end with");
    expect(run([2, 3], [4, 3], [3])).toThrow("linear: bias must have shape [4], got [3]");
    expect(run([2, 3], [4, 3], [1, 4])).toThrow("linear: bias must have shape [4], got [1,4]");
    expect(() => tidy(() => normalizeRows(zeros([2])))).toThrow(
      "normalizeRows: weight must be a matrix, got [2]",
    );
  });
});
