import { describe, expect, test } from "vitest";
import { improvementRatio } from "../../src/search";
import { tune } from "./support";

interface Golden {
  readonly num_trials: number;
  readonly perturbation_interval: number;
  readonly burn_in_period: number;
  readonly patience: number;
  readonly min_improvement_ratio: number;
  readonly first_stop: readonly [number, number] | null;
}
const cases = tune.json<readonly Golden[]>("stopper");

describe("improvementRatio", () => {
  test.each(cases.map((golden, i) => ({ i, ...golden })))(
    "stops where lfads-torch does: trace $i",
    (golden) => {
      const { data: scores, shape } = tune.values(`stopper/${golden.i}/scores`);
      const { data: decisions } = tune.values(`stopper/${golden.i}/decision`);
      const trials = golden.num_trials;
      const rule = improvementRatio({ generations: golden.patience, ratio: golden.min_improvement_ratio });
      const best: number[] = [];
      let firstStop: readonly [number, number] | null = null;
      for (let epoch = 0; epoch < shape[0]! && !firstStop; epoch++) {
        const counted = epoch + 1 - golden.burn_in_period;
        const ends = counted >= 0 && counted % golden.perturbation_interval === 0;
        if (ends) {
          best.push(Math.min(...Array.from({ length: trials }, (_, i) => scores[epoch * trials + i]!)));
          if (rule.stop(best)) firstStop = [epoch, trials - 1];
        }
        for (let i = 0; i < trials; i++) {
          expect(decisions[epoch * trials + i]).toBe(firstStop && i === trials - 1 ? 1 : 0);
        }
      }
      expect(firstStop).toEqual(golden.first_stop);
    },
  );

  test("generations in which all failed do not count", () => {
    const rule = improvementRatio();
    expect(rule.stop([1, 1, 1, 1])).toBe(true);
    expect(rule.stop([1, 1, 1])).toBe(false);
    expect(rule.stop([1, 1, null, 1])).toBe(false);
    expect(rule.stop([null, null, null, null])).toBe(false);
    expect(rule.stop([2, 1, 1, 1])).toBe(false);
    expect(rule.stop([0, 0, 0, 0])).toBe(true);
    expect(rule.stop([1, 5, 5, 5])).toBe(true);
  });

  test("options that cannot be", () => {
    expect(() => improvementRatio({ generations: 1 })).toThrow(
      "generations must be an integer of at least 2, got 1",
    );
    expect(() => improvementRatio({ ratio: -1 })).toThrow(
      "ratio must be a finite number, not negative, got -1",
    );
  });
});
