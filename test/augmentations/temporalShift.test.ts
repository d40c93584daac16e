import { type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { temporalShift } from "../../src/augmentations";
import type { Draws } from "../../src/random";
import { useBackend } from "../backend";
import { mean, variance } from "../random/statistics";
import { batchOf, cube, drawsOf } from "./support";

beforeAll(() => useBackend("cpu"));

/** Every sample is its own bin, so that a shift shows. */
function ramp(trials: number, bins: number, channels: number): Tensor {
  const values = Array.from({ length: trials * bins * channels }, (_, i) => Math.floor(i / channels) % bins);
  return tensor(values, [trials, bins, channels]);
}

/** Draws whose normal numbers are given. */
function given(numbers: readonly number[]): Draws {
  return { ...drawsOf(1), normal: (_, shape) => tensor([...numbers], [...shape]) };
}

describe("temporalShift", () => {
  test("shifts every channel of every trial as a whole, repeating the edges", () => {
    tidy(() => {
      const x = ramp(50, 30, 4);
      const moved = cube(temporalShift()({ encode: x, reconstruct: x }, drawsOf(2)).encode);
      const shifts = new Set<number>();
      for (const trial of moved) {
        for (let n = 0; n < 4; n++) {
          const shift = 15 - trial[15]![n]!;
          shifts.add(shift);
          trial.forEach((bin, t) => {
            expect(bin[n]).toBe(Math.min(29, Math.max(0, t - shift)));
          });
        }
      }
      expect(Math.max(...[...shifts].map(Math.abs))).toBeLessThanOrEqual(6);
      expect(shifts.size).toBeGreaterThan(8);
    });
  });

  test("shifts are rounded normal numbers", () => {
    tidy(() => {
      const x = ramp(2000, 81, 2);
      const options = { std: 4, maxShift: 40 };
      const moved = cube(temporalShift(options)({ encode: x, reconstruct: x }, drawsOf(3)).encode);
      const shifts = moved.flatMap((trial) => trial[40]!.map((from) => 40 - from));
      expect(Math.abs(mean(shifts))).toBeLessThan((4 * 4) / Math.sqrt(4000));
      expect(Math.abs(variance(shifts) / (16 + 1 / 12) - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000));
    });
  });

  test("ties go to the even number of bins, and the largest shift is a bound", () => {
    tidy(() => {
      const numbers = [0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 0.49, 100, -100, 3.5];
      const x = ramp(1, 21, numbers.length);
      const moved = temporalShift({ std: 1, maxShift: 4 })({ encode: x, reconstruct: x }, given(numbers));
      const shifts = cube(moved.encode)[0]![10]!.map((from) => 10 - from + 0);
      expect(shifts).toEqual([0, 0, 2, -2, 2, -2, 0, 4, -4, 4]);
    });
  });

  test("input and target move together, or apart where asked for", () => {
    tidy(() => {
      const encode = ramp(20, 12, 3);
      const reconstruct = ramp(20, 12, 5);
      const corner = (x: Tensor) => cube(x).map((trial) => trial.map((bin) => bin.slice(0, 3)));
      const joint = temporalShift()({ encode, reconstruct }, drawsOf(4));
      expect(cube(joint.encode)).toEqual(corner(joint.reconstruct));
      const apart = temporalShift({ independent: true })({ encode, reconstruct }, drawsOf(4));
      expect(cube(apart.encode)).not.toEqual(corner(apart.reconstruct));
      for (const trial of [...cube(apart.encode), ...cube(apart.reconstruct)]) {
        trial[6]!.forEach((from, n) => {
          expect(Math.abs(6 - from)).toBeLessThanOrEqual(6);
          trial.forEach((bin, t) => {
            if (from > 0 && from < 11) expect(bin[n]).toBe(Math.min(11, Math.max(0, t + from - 6)));
          });
        });
      }
    });
  });

  test("no spread, or no largest shift, leaves the data", () => {
    tidy(() => {
      const batch = batchOf({ trials: 3, bins: 8, channels: 2 });
      for (const options of [{ std: 0 }, { maxShift: 0 }]) {
        const moved = temporalShift(options)(batch, drawsOf(5));
        expect(cube(moved.encode)).toEqual(cube(batch.encode));
        expect(cube(moved.reconstruct)).toEqual(cube(batch.reconstruct));
      }
    });
  });

  test("tells that it moves samples", () => {
    expect(temporalShift().movesSamples).toBe(true);
  });

  test("bad options", () => {
    for (const std of [-1, Number.NaN]) {
      expect(() => temporalShift({ std })).toThrow(`temporalShift: std must not be negative, got ${std}`);
    }
    for (const maxShift of [-1, 0.5]) {
      expect(() => temporalShift({ maxShift })).toThrow(
        `temporalShift: maxShift must be a non-negative integer, got ${maxShift}`,
      );
    }
  });
});
