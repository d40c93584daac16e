import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/data/readSafetensors";
import { r2PerColumn, r2Score } from "../../src/evaluate";
import { array, gaussians, mapped } from "./support";

describe("r2Score", () => {
  test("by hand", () => {
    const truth = array([1, 0, 2, 10, 3, 20], [3, 2]);
    const prediction = array([1, 10, 2, 10, 2, 10], [3, 2]);
    expect([...r2PerColumn(prediction, truth)]).toEqual([0.5, 0]);
    expect(r2Score(prediction, truth)).toBe(0.25);
  });

  test("as lfads-torch computes it", () => {
    const path = new URL("../fixtures/lfads-torch/13_metrics.safetensors", import.meta.url);
    const { tensors } = readSafetensors(readFileSync(path));
    const [preds, targets] = [tensors["r2/preds"]!, tensors["r2/targets"]!];
    expect(r2Score(preds, targets)).toBeCloseTo(tensors["r2/value"]!.data[0]!, 6);
    const first = (of: typeof preds) => array([...of.data.subarray(0, 63)], [9, 7]);
    expect(r2Score(first(preds), first(targets))).toBeCloseTo(tensors["r2/value_2d"]!.data[0]!, 6);
  });

  test("does not depend on unit and origin of a column", () => {
    const truth = gaussians("truth", [40, 3]);
    const prediction = mapped(truth, (value, i) => value + 0.3 * Math.sin(i));
    const scaled = (of: typeof truth) => mapped(of, (value, i) => 1000 * (i % 3) + (1 + (i % 3)) * value);
    expect(r2Score(scaled(prediction), scaled(truth))).toBeCloseTo(r2Score(prediction, truth), 9);
  });

  test("rows with an unknown truth are left out", () => {
    const truth = array([1, 0, Number.NaN, 7, 2, 10, 3, 20], [4, 2]);
    const prediction = array([1, 10, 5, Number.NaN, 2, 10, 2, 10], [4, 2]);
    expect([...r2PerColumn(prediction, truth)]).toEqual([0.5, 0]);
  });

  test("a truth that does not vary scores 1 or 0", () => {
    expect([...r2PerColumn(array([1, 2, 1, 3], [2, 2]), array([1, 2, 1, 2], [2, 2]))]).toEqual([1, 0]);
  });

  test("refuses a prediction that is not finite, and no rows", () => {
    const truth = array([1, 2], [2, 1]);
    expect(() => r2Score(array([1, Number.NaN], [2, 1]), truth)).toThrow(
      "r2Score: prediction must be finite, got NaN in row 1, column 0",
    );
    expect(() => r2Score(truth, array([Number.NaN, Number.NaN], [2, 1]))).toThrow("at least one row");
    expect(() => r2Score(array([1], [1, 1]), truth)).toThrow("same shape, got [1,1] and [2,1]");
  });
});
