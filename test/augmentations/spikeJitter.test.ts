import { sum, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { spikeJitter } from "../../src/augmentations";
import { useBackend } from "../backend";
import { equalFrequencyP } from "../random/statistics";
import { batchOf, drawsOf } from "./support";

beforeAll(() => useBackend("cpu"));

/** Bin of the one spike of every trial, which starts in bin `at` of `bins`. */
function landings(at: number, bins: number, width: number, trials = 2000): number[] {
  return tidy(() => {
    const one = Array.from({ length: trials * bins }, (_, i) => (i % bins === at ? 1 : 0));
    const x = tensor(one, [trials, bins, 1]);
    const moved = spikeJitter({ width })({ encode: x, reconstruct: x }, drawsOf(at)).encode;
    return (moved.arraySync() as number[][][]).map((trial) => trial.findIndex(([k]) => k === 1));
  });
}

const totals = (x: Tensor) => sum(x, 1).arraySync();

describe("spikeJitter", () => {
  test.each([0, 1, 2, 7, 40])("width %d keeps the spikes of every trial and channel", (width) => {
    tidy(() => {
      const batch = batchOf({ trials: 5, bins: 6, channels: 4, forward: 2, heldOut: 3 });
      for (const independent of [false, true]) {
        const moved = spikeJitter({ width, independent })(batch, drawsOf(width));
        for (const name of ["encode", "reconstruct"] as const) {
          expect(totals(moved[name])).toEqual(totals(batch[name]));
          expect(moved[name].shape).toEqual(batch[name].shape);
          const same = `${moved[name].dataSync()}` === `${batch[name].dataSync()}`;
          expect(same).toBe(width === 0);
        }
      }
    });
  });

  test("a spike moves by at most the width, all shifts equally likely", () => {
    const shifts = landings(5, 11, 2).map((bin) => bin - 5);
    expect(Math.min(...shifts)).toBe(-2);
    expect(Math.max(...shifts)).toBe(2);
    expect(
      equalFrequencyP(
        shifts.map((shift) => shift + 2),
        5,
      ),
    ).toBeGreaterThan(1e-3);
  });

  test("the default width is 2", () => {
    tidy(() => {
      const batch = batchOf({ trials: 5, bins: 9, channels: 4 });
      const [own, two] = [spikeJitter(), spikeJitter({ width: 2 })].map((jitter) =>
        jitter(batch, drawsOf(1)),
      );
      expect(own!.encode.arraySync()).toEqual(two!.encode.arraySync());
    });
  });

  test("shifts are mirrored at the edges of the trial", () => {
    const first = landings(0, 11, 2);
    const last = landings(10, 11, 2).map((bin) => 10 - bin);
    for (const bins of [first, last]) {
      // Bin 0 by no shift, 1 and 2 each by two.
      const halves = bins.map((bin, i) => (bin === 0 ? 0 : bin === 1 ? 1 + (i % 2) : 3 + (i % 2)));
      expect(Math.max(...bins)).toBe(2);
      expect(equalFrequencyP(halves, 5)).toBeGreaterThan(1e-3);
    }
    // Far beyond both edges: of the shifts -6 to 6, mirrored with period 4, 3 end in bin 0, 6 in bin 1, 4 in bin 2.
    const wide = landings(0, 3, 6, 13_000);
    const counts = [0, 1, 2].map((bin) => wide.filter((other) => other === bin).length / 1000);
    [3, 6, 4].forEach((expected, bin) => {
      expect(Math.abs(counts[bin]! - expected)).toBeLessThan(0.35);
    });
  });

  test("two bins are enough to move", () => {
    const bins = landings(0, 2, 1);
    // One shift in three is none.
    expect(Math.abs(bins.filter((bin) => bin === 0).length / 2000 - 1 / 3)).toBeLessThan(0.05);
  });

  test("input and target move together, or apart where asked for", () => {
    tidy(() => {
      const batch = batchOf({ trials: 5, bins: 9, channels: 4, heldOut: 3 });
      const corner = (x: Tensor) =>
        (x.arraySync() as number[][][]).map((trial) => trial.map((bin) => bin.slice(0, 4)));
      const joint = spikeJitter()(batch, drawsOf(1));
      expect(corner(joint.encode)).toEqual(corner(joint.reconstruct));
      const apart = spikeJitter({ independent: true })(batch, drawsOf(1));
      expect(corner(apart.encode)).not.toEqual(corner(apart.reconstruct));
    });
  });

  test("spikes of one sample move apart from each other", () => {
    tidy(() => {
      const x = tensor([0, 0, 60, 0, 0], [1, 5, 1]);
      const moved = spikeJitter()({ encode: x, reconstruct: x }, drawsOf(1)).encode.dataSync();
      expect(moved.every((count) => count > 3)).toBe(true);
    });
  });

  test("unobserved bins stay so, and spikes do not land there", () => {
    tidy(() => {
      const values = [Number.NaN, 3, 2, Number.NaN, 0, 4, Number.NaN, 1];
      const x = tensor([...values, ...values], [2, 8, 1]);
      const moved = spikeJitter({ width: 3 })({ encode: x, reconstruct: x }, drawsOf(1)).encode;
      for (const trial of moved.arraySync() as number[][][]) {
        trial.forEach(([count], bin) => {
          expect(Number.isNaN(count)).toBe(Number.isNaN(values[bin]));
        });
        expect(trial.flat().reduce((total, k) => total + (k || 0), 0)).toBe(10);
      }
    });
  });

  test("no spikes, one bin", () => {
    tidy(() => {
      const silent = tensor([0, 0, 0], [1, 3, 1]);
      const one = tensor([3, 2], [1, 1, 2]);
      for (const x of [silent, one]) {
        const moved = spikeJitter({ width: 2 })({ encode: x, reconstruct: x }, drawsOf(1));
        expect(moved.encode.arraySync()).toEqual(x.arraySync());
        expect(moved.reconstruct.arraySync()).toEqual(x.arraySync());
      }
    });
  });

  test.each([-1, 0.5, Infinity])("data with %d is an error, for it is no count", (value) => {
    tidy(() => {
      const x = tensor([1, value, 0], [1, 3, 1]);
      const ones = tensor([1, 1, 1], [1, 3, 1]);
      for (const batch of [
        { encode: x, reconstruct: ones },
        { encode: ones, reconstruct: x },
      ]) {
        expect(() => spikeJitter()(batch, drawsOf(1))).toThrow(
          `spikeJitter: data must be spike counts, got ${value}`,
        );
      }
    });
  });

  test("tells that it moves samples", () => {
    expect(spikeJitter().movesSamples).toBe(true);
  });

  test.each([-1, 0.5, Number.NaN])("a width of %d is an error", (width) => {
    expect(() => spikeJitter({ width })).toThrow(
      `spikeJitter: width must be a non-negative integer, got ${width}`,
    );
  });
});
