import "@tensorflow/tfjs-backend-cpu";
import { memory, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { streamDraws } from "../../src/ops";
import { bernoulli, chiSquared, integers, normal, RandomStream } from "../../src/random";

const stream = () => RandomStream.fromSeed(0);

function values(tensor: Tensor): Float32Array {
  const data = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return data;
}

describe("streamDraws", () => {
  test("every draw is the sampler's, from the fork of its name", () => {
    const draws = streamDraws(stream());
    expect(values(draws.normal("a", [2, 3]))).toEqual(normal(stream().fork("a"), 6));
    expect(values(draws.bernoulli("b", [40], 0.3))).toEqual(bernoulli(stream().fork("b"), 40, 0.3));
    expect(values(draws.chiSquared("c", [4, 1], 5))).toEqual(chiSquared(stream().fork("c"), 4, 5));
    const expected = Float32Array.from(integers(stream().fork("d"), 8, -3, 4));
    expect(values(draws.integers("d", [2, 2, 2], -3, 4))).toEqual(expected);
    expect(values(draws.fork(7).normal("a", [3]))).toEqual(normal(stream().fork(7).fork("a"), 3));
  });

  test("the same name gives the same numbers, in any order; other names give others", () => {
    const source = stream();
    const draws = streamDraws(source);
    const first = values(draws.normal("a", [5]));
    expect(values(draws.normal("b", [5]))).not.toEqual(first);
    expect(values(draws.fork("b").normal("a", [5]))).not.toEqual(first);
    expect(values(draws.normal("a", [5]))).toEqual(first);
    expect(source.toJSON().counter).toBe(0);
  });

  test("one float32 tensor of the given shape each, scalars and empty shapes too", () => {
    const draws = streamDraws(stream());
    const before = memory().numTensors;
    const tensors = [
      draws.normal("a", [2, 3]),
      draws.bernoulli("b", [], 0.5),
      draws.chiSquared("c", [0, 3], 2),
      draws.integers("d", [1], 0, 2 ** 24),
    ];
    expect(memory().numTensors).toBe(before + 4);
    expect(tensors.map((tensor) => tensor.shape)).toEqual([[2, 3], [], [0, 3], [1]]);
    for (const tensor of tensors) expect(tensor.dtype).toBe("float32");
    for (const tensor of tensors) tensor.dispose();
  });

  test("bad arguments", () => {
    const draws = streamDraws(stream());
    expect(() => draws.normal("a", [2, -1])).toThrow(
      "Draws.normal: shape must be non-negative integers, got [2,-1]",
    );
    expect(() => draws.bernoulli("a", [1.5], 0.5)).toThrow("Draws.bernoulli: shape");
    expect(() => draws.bernoulli("a", [1], 2)).toThrow(
      "bernoulli: probability must be a number from 0 to 1, got 2",
    );
    expect(() => draws.integers("a", [1], 0, 2 ** 24 + 2)).toThrow(
      "Draws.integers: bounds must be from -2^24 to 2^24, got 0 and 16777218",
    );
  });
});
