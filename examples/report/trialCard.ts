import { type NdArray, ndarray } from "../../src/data/ndarray";
import { peakTimeOrder } from "./channelOrder";
import { figureGrid } from "./figure";
import { heatmapFigure, type RowGroup } from "./heatmapFigure";
import type { Html } from "./html";
import { lineFigure } from "./lineFigure";
import { binCenters, column, extent, quantile } from "./numbers";
import { card } from "./page";
import { accent, ink } from "./palette";
import { pathFigure } from "./pathFigure";
import { rasterFigure } from "./rasterFigure";
import { tracesFigure } from "./tracesFigure";

/** Measured behaviour and what a decoder reads from the model, `[bins, names.length]` each. */
export interface DecodedBehavior {
  readonly true: NdArray;
  readonly decoded: NdArray;
  readonly names: readonly string[];
  readonly unit: string;
}

/** One trial, as the model sees it. */
export interface ReportTrial {
  readonly label: string;
  readonly binSeconds: number;
  /** Spike counts, `[bins, channels]`. */
  readonly spikes: NdArray;
  /** Inferred rates in spikes per bin, `[bins, channels]`. */
  readonly rates: NdArray;
  /** True rates in spikes per bin, `[bins, channels]`, where the data are simulated. @default none */
  readonly trueRates?: NdArray;
  /** `[bins, factors]` */
  readonly factors: NdArray;
  /** Inferred inputs, `[bins, inputs]`. @default none */
  readonly inputs?: NdArray;
  /** @default none */
  readonly velocity?: DecodedBehavior;
}

/** What the cards of one report share, so that trials can be compared. */
export interface TrialCardOptions {
  /** The first `heldIn` channels were seen by the encoders; the others are drawn below them. @default all */
  readonly heldIn?: number | undefined;
  /** The factors to draw. @default all */
  readonly factors?: readonly number[];
  /** The rate with the strongest colour, in Hz; higher ones have it too. @default {@link peakHz} of the trial */
  readonly topHz?: number;
}

/** One trial in pictures: spikes, rates, factors, inferred inputs, decoded behaviour. */
export function trialCard(
  trial: ReportTrial,
  { heldIn, factors, topHz = peakHz(trial) }: TrialCardOptions = {},
): Html {
  const { label, binSeconds, spikes, rates, trueRates, inputs, velocity } = trial;
  const rows = channelRows(rates, heldIn);
  const shared = { binSeconds, rows };
  const hz = { ...shared, unit: "Hz", top: topHz };
  return card(
    figureGrid(
      rasterFigure({ ...shared, title: "Spikes", spikes, top: topHz * binSeconds }),
      heatmapFigure({ ...hz, title: "Inferred rates", values: inHz(rates, binSeconds) }),
      trueRates && heatmapFigure({ ...hz, title: "True rates", values: inHz(trueRates, binSeconds) }),
      tracesFigure({
        title: "Factors",
        values: trial.factors,
        binSeconds,
        ...(factors ? { traces: factors } : {}),
      }),
      inputs && (inputs.shape[1] ?? 0) > 0 && inputsFigure(inputs, binSeconds),
      velocity && behaviorFigure(velocity, binSeconds),
      velocity && handPath(velocity, binSeconds),
    ),
    label,
  );
}

/**
 * The rate in Hz that deserves the strongest colour: the largest rate of a trial, or the count that all but one in two
 * hundred bins stay below if that is more, where `n` spikes in a bin count as `n / binSeconds`. At least one spike.
 */
export function peakHz({ binSeconds, spikes, rates, trueRates }: ReportTrial): number {
  const largest = [rates, trueRates].map((array) => (array ? extent(array.data)[1] : 0));
  return Math.max(1, ...largest, quantile(spikes.data, 0.995)) / binSeconds;
}

function channelRows(rates: NdArray, heldIn?: number): RowGroup[] {
  const count = rates.shape[1] ?? 0;
  if (heldIn === undefined || heldIn >= count) {
    return [{ label: `${count} channels`, channels: peakTimeOrder(rates) }];
  }
  return [
    { label: `${heldIn} held in`, channels: peakTimeOrder(rates, 0, heldIn) },
    { label: `${count - heldIn} held out`, channels: peakTimeOrder(rates, heldIn) },
  ];
}

function inHz({ data, shape }: NdArray, binSeconds: number): NdArray {
  return ndarray(
    Float64Array.from(data, (value) => value / binSeconds),
    shape,
  );
}

function inputsFigure(inputs: NdArray, binSeconds: number): Html {
  const [bins = 0, count = 0] = inputs.shape;
  return lineFigure({
    title: "Inferred inputs",
    xLabel: "time (s)",
    yLabel: "a.u.",
    xDomain: [0, bins * binSeconds],
    height: 300,
    series: Array.from({ length: count }, (_, i) => ({
      label: `${i + 1}`,
      x: binCenters(bins, binSeconds),
      y: column(inputs, i),
    })),
  });
}

function behaviorFigure({ true: truth, decoded, names, unit }: DecodedBehavior, binSeconds: number): Html {
  const bins = truth.shape[0] ?? 0;
  const x = binCenters(bins, binSeconds);
  return lineFigure({
    title: "Hand velocity",
    xLabel: "time (s)",
    yLabel: unit,
    xDomain: [0, bins * binSeconds],
    height: 300,
    series: names.flatMap((panel, i) => [
      { label: "measured", panel, x, y: column(truth, i), color: ink },
      { label: "decoded", panel, x, y: column(decoded, i), color: accent },
    ]),
  });
}

/** The velocity summed up over the trial, for two dimensions in something per second. */
function handPath(
  { true: truth, decoded, names, unit }: DecodedBehavior,
  binSeconds: number,
): Html | undefined {
  if (names.length !== 2 || !unit.endsWith("/s")) return undefined;
  const summed = (values: NdArray, dimension: number) => {
    let position = 0;
    return [0, ...column(values, dimension).map((speed) => (position += speed * binSeconds))];
  };
  const length = unit.slice(0, -"/s".length);
  return pathFigure({
    title: "Hand path",
    xLabel: `x (${length})`,
    yLabel: `y (${length})`,
    paths: [
      { label: "measured", x: summed(truth, 0), y: summed(truth, 1), color: ink },
      { label: "decoded", x: summed(decoded, 0), y: summed(decoded, 1), color: accent },
    ],
  });
}
