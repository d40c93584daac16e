import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/data";
import { earlyStopping, plateau, ramp, smooth } from "../../src/train";
import { rampsEnd } from "../../src/train/ramp";

describe("ramp", () => {
  test.each<[number, number, readonly number[]]>([
    [0, 0, [1, 1, 1, 1, 1, 1, 1]],
    [0, 3, [0.25, 0.5, 0.75, 1, 1, 1, 1]],
    [2, 1, [0, 0, 0.5, 1, 1, 1, 1]],
    [4, 0, [0, 0, 0, 0, 1, 1, 1]],
  ])("start %d, increase %d", (start, increase, expected) => {
    expect(expected.map((_, epoch) => ramp(epoch, { start, increase }))).toEqual(expected);
  });

  test("begins at once and in full by default", () => {
    expect(ramp(0, {})).toBe(1);
    expect(ramp(0, { increase: 1 })).toBe(0.5);
    expect(ramp(1, { start: 1 })).toBe(1);
  });

  test("rampsEnd is the first epoch in which all are at their full weight", () => {
    const ramps = [{ start: 2, increase: 5 }, { start: 9 }, {}];
    const end = rampsEnd(ramps);
    expect(end).toBe(9);
    expect(ramps.every((options) => ramp(end, options) === 1)).toBe(true);
    expect(ramps.every((options) => ramp(end - 1, options) === 1)).toBe(false);
    expect(rampsEnd([])).toBe(0);
  });
});

describe("smooth", () => {
  test("the first score counts as it is, the past 0.3 from then on", () => {
    const first = smooth(null, 10);
    const second = smooth(first, 20);
    expect([first, second]).toEqual([10, 17]);
    expect(smooth(second, 0)).toBeCloseTo(5.1, 12);
    expect(smooth(4, 8, 0.75)).toBe(5);
    expect(smooth(4, 8, 0)).toBe(8);
  });
});

describe("plateau", () => {
  interface Trace {
    readonly patience: number;
    readonly factor: number;
    readonly min_lr: number;
    readonly lr_init: number;
  }
  const { tensors, metadata } = readSafetensors(
    readFileSync(new URL("../fixtures/lfads-torch/15_tune.safetensors", import.meta.url)),
  );
  const traces = JSON.parse(metadata.plateau!) as Trace[];

  test.each(traces.map((trace, i) => ({ ...trace, i })))("golden trace of torch: %o", (trace) => {
    const schedule = plateau({ factor: trace.factor, patience: trace.patience, min: trace.min_lr });
    const expected = tensors[`plateau/${trace.i}/lr_after`]!.data;
    let state = schedule.init(trace.lr_init);
    const scores = Array.from(tensors[`plateau/${trace.i}/metric`]!.data);
    const got = scores.map((score) => {
      state = schedule.update(state, score);
      return Math.fround(state.learningRate);
    });
    expect(got.length).toBe(60);
    expect(new Set(got).size).toBeGreaterThan(2);
    expect(got).toEqual(Array.from(expected));
  });

  const decays = (options: Parameters<typeof plateau>[0], scores: readonly number[], rate = 1) => {
    const schedule = plateau(options);
    let state = schedule.init(rate);
    return scores.map((score) => {
      state = schedule.update(state, score);
      return state.learningRate;
    });
  };

  test("one epoch more than it waits for decays; an equal score is no improvement", () => {
    expect(decays({ factor: 0.5, patience: 1 }, [5, 5, 5, 5, 5])).toEqual([1, 1, 0.5, 0.5, 0.25]);
    expect(decays({ factor: 0.5, patience: 1 }, [5, 6, 4, 6, 3, 9, 9])).toEqual([1, 1, 1, 1, 1, 1, 0.5]);
    expect(decays({ factor: 0.5, patience: 0 }, [5, 6, 4, 4])).toEqual([1, 0.5, 0.5, 0.25]);
  });

  test("by default 0.95 after 6 epochs, not below 1e-5", () => {
    const worse = Array.from({ length: 8 }, () => 1);
    expect(decays({}, worse, 0.01)).toEqual([...Array(7).fill(0.01), 0.0095]);
    expect(decays({ patience: 0 }, [1, 1, 1], 1.02e-5)).toEqual([1.02e-5, 1e-5, 1e-5]);
  });

  test("a rate that starts below the least one stays", () => {
    expect(decays({ patience: 0, min: 1e-3 }, [1, 1, 1], 1e-4)).toEqual([1e-4, 1e-4, 1e-4]);
  });

  test("a score that is not a number is no improvement and spoils nothing", () => {
    expect(decays({ factor: 0.5, patience: 1 }, [Number.NaN, 5, Number.NaN, Number.NaN, 4])).toEqual([
      1, 1, 1, 0.5, 0.5,
    ]);
  });

  test.each<[Parameters<typeof plateau>[0], string]>([
    [{ factor: 1 }, "plateau: factor must be in (0, 1), got 1"],
    [{ factor: 0 }, "plateau: factor must be in (0, 1), got 0"],
    [{ patience: -1 }, "plateau: patience must not be negative, got -1"],
    [{ patience: Number.NaN }, "plateau: patience must not be negative, got NaN"],
    [{ min: -1 }, "plateau: min must not be negative, got -1"],
    [{ min: Number.NaN }, "plateau: min must not be negative, got NaN"],
  ])("refuses %o", (options, message) => {
    expect(() => plateau(options)).toThrow(message);
  });
});

describe("earlyStopping", () => {
  /** Epochs in which it is done. */
  const stops = (options: Parameters<typeof earlyStopping>[0], burnIn: number, scores: readonly number[]) => {
    const stopper = earlyStopping(options, burnIn);
    let state = stopper.init();
    return scores.flatMap((score, epoch) => {
      state = stopper.update(state, epoch, score);
      return stopper.done(state) ? [epoch] : [];
    });
  };

  test("stops after as many epochs without improvement as it waits for", () => {
    expect(stops({ patience: 2 }, -1, [5, 4, 4, 3, 3, 3.5, 9])).toEqual([5, 6]);
    expect(stops({ patience: 1 }, -1, [5, 4, 3, 3])).toEqual([3]);
  });

  test("epochs up to the burn-in do not count, whatever their scores", () => {
    expect(stops({ patience: 2 }, 3, [1, 2, 3, 4, 50, 51, 52])).toEqual([6]);
    expect(stops({ patience: 2 }, 0, [1, 2, 3, 4])).toEqual([3]);
  });

  test("waits for 60 epochs by default", () => {
    expect(
      stops(
        {},
        9,
        Array.from({ length: 72 }, () => 1),
      ),
    ).toEqual([70, 71]);
  });

  test("a score that is not a number is no improvement", () => {
    expect(stops({ patience: 3 }, -1, [Number.NaN, 5, Number.NaN, Number.NaN, Number.NaN])).toEqual([4]);
  });

  test.each([0, -3, Number.NaN])("refuses the patience %d", (patience) => {
    expect(() => earlyStopping({ patience })).toThrow(
      `earlyStopping: patience must be positive, got ${patience}`,
    );
  });
});
