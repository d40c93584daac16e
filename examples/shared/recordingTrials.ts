import type { Dataset, NdArray } from "lfads";
import type { ReportTrial } from "../report";
import { type RecordingResult, velocityOf } from "./recording";

/** Validation trials that are shown, by the rank of their mean hand speed: fast, brisk and median ones. */
const SHOWN = [0.95, 0.75, 0.5];

/** Some validation trials of a recording, and what a model makes of them, for a report. */
export function recordingTrials(dataset: Dataset, result: RecordingResult): ReportTrial[] {
  const measured = velocityOf(dataset.valid.extras?.behavior);
  const binMs = Number(dataset.attributes?.bin_ms ?? 1);
  return shownTrials(measured, dataset.valid.encode.shape[0]!).map((trial) => {
    const velocity = measured &&
      result.velocity && {
        true: rowOf(measured, trial),
        decoded: rowOf(result.velocity.prediction, trial),
        names: ["x", "y"],
        unit: "cm/s",
      };
    return {
      label: `Validation window ${trial}`,
      binSeconds: binMs / 1000,
      spikes: rowOf(dataset.valid.reconstruct, trial),
      rates: rowOf(result.valid.rates, trial),
      factors: rowOf(result.valid.factors, trial),
      ...(result.valid.generatorInputs.shape[2]! > 0 && {
        inputs: rowOf(result.valid.generatorInputs, trial),
      }),
      ...(velocity && { velocity }),
    };
  });
}

function shownTrials(velocity: NdArray | undefined, trials: number): number[] {
  const speeds = Array.from({ length: trials }, (_, trial) => {
    const values = velocity ? Array.from(rowOf(velocity, trial).data) : [trial];
    return { trial, speed: values.reduce((sum, value) => sum + Math.abs(value), 0) };
  }).sort((a, b) => a.speed - b.speed);
  return SHOWN.map((rank) => speeds[Math.floor(rank * (trials - 1))]!.trial);
}

/** One entry of the first axis. */
export function rowOf({ data, shape }: NdArray, row: number): NdArray {
  const rest = shape.slice(1);
  const width = rest.reduce((product, n) => product * n, 1);
  return { data: data.slice(row * width, (row + 1) * width), shape: rest };
}
