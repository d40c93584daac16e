import { describe, expect, test } from "vitest";
import type { NdArray } from "../../src/data/ndarray";
import {
  alignSessions,
  applyLinearMap,
  bitsPerSpike,
  logRateReadout,
  pseudoInverseReadout,
  type SessionAlignment,
  selectRegion,
} from "../../src/evaluate";
import { LFADS } from "../../src/model";
import { useBackend } from "../backend";
import { array, counts, gaussians, mapped } from "./support";

const latents = gaussians("latents", [6, 15, 2]);

/** Trials of the conditions named, with rates that depend on the shared latents through the session's own loadings. */
function session(name: string, channels: number, conditions: readonly number[], link: (x: number) => number) {
  const map = { weights: gaussians(name, [2, channels]), bias: new Float64Array(channels).fill(1) };
  const rates = mapped(applyLinearMap(map, latents), link);
  const size = 15 * channels;
  const trials = conditions.flatMap((label) => [...rates.data.subarray(label * size, (label + 1) * size)]);
  return { conditions, spikes: array(trials, [conditions.length, 15, channels]) };
}

const readin = ({ channels, readin: { weight, bias } }: SessionAlignment) => ({
  weights: transpose(weight, [2, channels.encode]),
  bias,
});
const readout = ({ channels, readout: { weight, bias } }: SessionAlignment) => ({
  weights: transpose(weight, [channels.reconstruct, 2]),
  bias,
});
function transpose(data: Float64Array, [rows, columns]: [number, number]): NdArray<Float64Array> {
  return array(
    Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!),
    [columns, rows],
  );
}

const shared = { components: 2, binMs: 10, smoothSdMs: 1, alpha: 1e-9 };

describe("alignSessions", () => {
  const conditions = [0, 1, 2, 3, 4, 5];

  test("shapes are torch's: [outputs, inputs]", () => {
    const [first] = alignSessions([session("a", 5, conditions, Math.exp)], shared);
    expect(first!.channels).toEqual({ encode: 5, reconstruct: 5 });
    expect([first!.readin.weight.length, first!.readin.bias.length]).toEqual([10, 2]);
    expect([first!.readout.weight.length, first!.readout.bias.length]).toEqual([10, 5]);
  });

  test("the read-in sees held-in channels only, the read-out gives all", () => {
    const { spikes } = session("a", 5, conditions, (x) => x + 5);
    const [all] = alignSessions([{ spikes, conditions }], shared);
    const [part] = alignSessions([{ spikes, conditions, heldIn: 3 }], shared);
    expect(part!.channels).toEqual({ encode: 3, reconstruct: 5 });
    expect(part!.readin.weight.length).toBe(6);
    expect(part!.readout).toEqual(all!.readout);
    const seen = selectRegion(spikes, { channels: [0, 3] });
    const points = applyLinearMap(readin(part!), seen).data;
    applyLinearMap(readin(all!), spikes).data.forEach((value, i) => {
      expect(points[i]).toBeCloseTo(value, 5);
    });
    expect(() => alignSessions([{ spikes, conditions, heldIn: 6 }], shared)).toThrow(
      "heldIn must be an integer",
    );
    expect(() =>
      alignSessions([{ spikes, conditions, heldIn: 3 }], { ...shared, readout: pseudoInverseReadout }),
    ).toThrow("pseudoInverseReadout: the read-in must see all channels, got 3 of 5");
  });

  test("an alignment is a session of LFADS", async () => {
    await useBackend("cpu");
    const sessions = alignSessions(
      [session("a", 5, conditions, Math.exp), session("b", 4, conditions, Math.exp)],
      shared,
    );
    const model = new LFADS({ sessions, factors: 2, bins: 15, generator: { units: 3 }, controller: false });
    expect(model.frozen.has("readin.1.weight")).toBe(true);
    expect(model.frozen.has("readout.1.weight")).toBe(false);
    const weight = model.parameters["readin.1.weight"]!;
    expect(weight.shape).toEqual([2, 4]);
    expect([...weight.dataSync()]).toEqual([...Float32Array.from(sessions[1]!.readin.weight)]);
    model.dispose();
  });

  test("the same condition reads in to the same point from every session", () => {
    const linear = (x: number) => x + 5;
    const sessions = [session("a", 5, conditions, linear), session("b", 7, [5, 3, 3, 1, 4, 2, 0], linear)];
    const [a, b] = alignSessions(sessions, shared).map((aligned, i) =>
      applyLinearMap(readin(aligned), sessions[i]!.spikes),
    );
    const first = (of: NdArray, trial: number) => of.data.subarray(trial * 30, trial * 30 + 30);
    for (const [trialA, trialB] of [
      [5, 0],
      [3, 1],
      [3, 2],
      [1, 3],
    ] as const) {
      first(a!, trialA).forEach((value, i) => {
        expect(Math.abs(value - first(b!, trialB)[i]!)).toBeLessThan(1e-6);
      });
    }
  });

  test("the read-in of the mean is zero", () => {
    const { spikes } = session("a", 5, conditions, Math.exp);
    const [aligned] = alignSessions([{ spikes, conditions }], { ...shared, alpha: 1 });
    const scores = applyLinearMap(readin(aligned!), spikes);
    const mean = [0, 1].map(
      (j) => scores.data.filter((_, i) => i % 2 === j).reduce((sum, x) => sum + x, 0) / 90,
    );
    for (const value of mean) expect(Math.abs(value)).toBeLessThan(1e-9);
  });

  test("a read-out fitted to log-rates starts near the data; the pseudo-inverse, in rates, does not", () => {
    const link = (x: number) => Math.exp(0.5 * x - 1);
    const true_ = session("a", 8, [...conditions, ...conditions, ...conditions], link);
    const spikes = counts("spikes", true_.spikes);
    const score = (fit: typeof pseudoInverseReadout) => {
      const [aligned] = alignSessions([{ spikes: true_.spikes, conditions: true_.conditions }], {
        ...shared,
        readout: fit,
      });
      const logRates = applyLinearMap(readout(aligned!), applyLinearMap(readin(aligned!), true_.spikes));
      return bitsPerSpike(mapped(logRates, Math.exp), spikes);
    };
    expect(score(logRateReadout())).toBeGreaterThan(0.1);
    expect(score(pseudoInverseReadout)).toBeLessThan(-0.5);
  });

  test("the pseudo-inverse read-out undoes the read-in", () => {
    const { spikes } = session("a", 5, conditions, Math.exp);
    const [aligned] = alignSessions([{ spikes, conditions }], {
      ...shared,
      alpha: 1,
      readout: pseudoInverseReadout,
    });
    const identity = applyLinearMap(
      { weights: readin(aligned!).weights, bias: new Float64Array(2) },
      readout(aligned!).weights,
    );
    [1, 0, 0, 1].forEach((value, i) => {
      expect(identity.data[i]).toBeCloseTo(value, 10);
    });
    const mean = spikes.data.filter((_, i) => i % 5 === 3).reduce((sum, x) => sum + x, 0) / 90;
    expect(aligned!.readout.bias[3]).toBeCloseTo(mean, 10);
  });

  test("only shared conditions count", () => {
    const [a, b] = [session("a", 5, conditions, Math.exp), session("b", 4, [0, 1, 2], Math.exp)];
    const fewer = session("a", 5, [0, 1, 2], Math.exp);
    expect(alignSessions([a, b], shared)[0]).toEqual(alignSessions([fewer, b], shared)[0]);
  });

  test("refuses sessions that do not fit together", () => {
    const a = session("a", 5, [0, 1], Math.exp);
    expect(() => alignSessions([a, session("b", 5, [2, 3], Math.exp)], shared)).toThrow(
      "must share conditions",
    );
    const short = { spikes: array([1, 2], [1, 2, 1]), conditions: [0] };
    expect(() => alignSessions([a, short], shared)).toThrow("same number of bins, got 15 and 2");
    expect(() => alignSessions([], shared)).toThrow("sessions must not be empty");
    expect(() => alignSessions([a], { ...shared, readout: pseudoInverseReadout, components: 6 })).toThrow(
      "from 1 to 5",
    );
    expect(() => alignSessions([a], { ...shared, binMs: 0 })).toThrow("binMs must be positive, got 0");
  });
});
