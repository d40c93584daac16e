import { basename } from "node:path";
import type { NdArray } from "lfads";
import {
  card,
  figureGrid,
  type Html,
  html,
  ink,
  lineFigure,
  type PlanePoint,
  page,
  planeFigure,
  resultTable,
  seriesColor,
} from "../report";
import { number } from "../shared/table";
import type { Analysis, MapPoint } from "./analysis";
import type { Training } from "./training";
import { PUBLISHED } from "./truth";

export interface Trained {
  readonly training: Training;
  readonly analysis: Analysis;
  /** Fixed points of the true system. */
  readonly truth: readonly MapPoint[];
  /** True states of validation trials. */
  readonly latents: NdArray;
}

/** Trajectories that are drawn. */
const TRIALS = 40;
const NAMES = { neuralOde: "neural ODE", discreteNeuralOde: "discrete neural ODE", gru: "GRU" };

/** Attractors, eigenvalues, rate R2 against latent size, and the table, as an HTML page. */
export function attractorReport(models: readonly Trained[], [columns, ...rows]: readonly string[][]): string {
  const systems = [...new Set(models.map(({ training }) => training.system))];
  const smallest = Math.min(...models.map(({ training }) => training.size));
  return page({
    title: "Low-dimensional chaos from spikes",
    subtitle:
      "Sequential autoencoders with GRU and neural-ODE generators on simulated populations with known dynamics",
    sections: [
      {
        heading: "Rates against latent size",
        intro: html`R² of inferred against true rates on validation trials, mean over seeds; dashed: as published.`,
        body: card(figureGrid(systems.map((system) => sizeFigure(models, system)))),
      },
      ...systems.map((system) => ({
        heading: `${system[0]!.toUpperCase()}${system.slice(1)}, ${smallest} latents`,
        intro: html`Trajectories of validation trials, those of a model through the affine map that fits them best to the true ones. Dots are
the fixed points of the model, circles those of the true system. Beside them the eigenvalues at the fixed points, of both as a map of one bin, I + J dt.`,
        body: card(figureGrid(systemFigures(models, system, smallest))),
      })),
      {
        heading: "In numbers",
        body: card(
          resultTable({
            columns: columns!.slice(1),
            rows: rows.map(([label, ...values]) => ({ label: label!, values })),
            note: "Means over seeds, in brackets each. The paper's are medians of the last 500 of 3000 epochs, means of five seeds.",
          }),
        ),
      },
    ],
    footer: `Made by the example ${basename(import.meta.dirname)} of lfads, after Sedler, Versteeg & Pandarinath 2023.`,
  });
}

function sizeFigure(models: readonly Trained[], system: Training["system"]): Html {
  const own = models.filter(({ training }) => training.system === system);
  const generators = [...new Set(own.map(({ training }) => training.generator))];
  const sizes = [...new Set(own.map(({ training }) => training.size))].sort((a, b) => a - b);
  return lineFigure({
    title: system[0]!.toUpperCase() + system.slice(1),
    xLabel: "latents",
    yLabel: "R² of rates",
    series: generators.flatMap((generator, i) => {
      const published = Object.entries(PUBLISHED[system][generator] ?? {});
      return [
        {
          label: NAMES[generator],
          color: seriesColor(i),
          x: sizes,
          y: sizes.map((size) => {
            const same = own.filter(
              ({ training }) => training.size === size && training.generator === generator,
            );
            return same.reduce((sum, { analysis }) => sum + analysis.rateR2.valid, 0) / same.length;
          }),
        },
        {
          label: `${NAMES[generator]}, published`,
          color: seriesColor(i),
          dashed: true,
          x: published.map(([size]) => Number(size)),
          y: published.map(([, [rate]]) => rate),
        },
      ];
    }),
  });
}

function systemFigures(models: readonly Trained[], system: Training["system"], size: number): Html[] {
  const own = models.filter(({ training }) => training.system === system && training.size === size);
  const generators = [...new Set(own.map(({ training }) => training.generator))];
  const firsts = generators.map((generator) => own.find(({ training }) => training.generator === generator)!);
  const [{ truth, latents }] = firsts as [Trained];
  const view = projection(latents);
  const portrait = (
    title: string,
    trajectories: Analysis["trajectories"],
    learned: readonly MapPoint[] | null,
    i: number,
  ) =>
    planeFigure({
      title,
      xLabel: "",
      yLabel: "",
      lines: linesOf(trajectories, view).map((points) => ({ points, color: seriesColor(i) })),
      dots: [
        {
          label: "true fixed points",
          points: truth.map(({ state }) => view(state)),
          color: ink,
          hollow: true,
        },
        { label: "the model's", points: (learned ?? []).map(({ state }) => view(state)), color: ink },
      ],
    });
  return [
    portrait("True system", latents, null, 3),
    ...firsts.map(({ training, analysis }, i) =>
      portrait(
        `${NAMES[training.generator]}, R² of rates ${number(analysis.rateR2.valid)}`,
        analysis.trajectories,
        analysis.fixedPoints,
        i,
      ),
    ),
    ...firsts.flatMap(({ training, analysis }, i) => {
      if (!analysis.fixedPoints) return [];
      const values = (points: readonly MapPoint[]) =>
        points.flatMap(({ eigenvalues }) => eigenvalues.map(({ re, im }) => ({ x: re, y: im })));
      return [
        planeFigure({
          title: `Eigenvalues, ${NAMES[training.generator]}`,
          xLabel: "real part",
          yLabel: "imaginary part",
          lines: [{ points: arcAmong(values(truth)), color: ink }],
          dots: [
            { label: "true", points: values(truth), color: ink, hollow: true },
            { label: "learned", points: values(analysis.fixedPoints), color: seriesColor(i) },
          ],
        }),
      ];
    }),
  ];
}

/** Where the unit circle passes among eigenvalues. */
function arcAmong(values: readonly PlanePoint[]): PlanePoint[] {
  const [left, up] = [Math.min(...values.map(({ x }) => x)), Math.max(...values.map(({ y }) => y))];
  return Array.from({ length: 721 }, (_, i) => (i / 360 - 1) * Math.PI)
    .map((angle) => ({ x: Math.cos(angle), y: Math.sin(angle) }))
    .filter(({ x, y }) => x >= left && Math.abs(y) <= up);
}

/** A view on three dimensions, each in units of its range, from the side and above. */
function projection({ data }: Analysis["trajectories"]): (state: ArrayLike<number>) => PlanePoint {
  const ranges = [0, 1, 2].map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = axis; i < data.length; i += 3) {
      low = Math.min(low, data[i]!);
      high = Math.max(high, data[i]!);
    }
    return [(low + high) / 2, (high - low) / 2] as const;
  });
  const [turn, tilt] = [0.6, 0.45];
  return (state) => {
    const [x, y, z] = ranges.map(([middle, half], i) => (state[i]! - middle) / half) as [
      number,
      number,
      number,
    ];
    const [across, depth] = [
      x * Math.cos(turn) - y * Math.sin(turn),
      x * Math.sin(turn) + y * Math.cos(turn),
    ];
    return { x: across, y: z * Math.cos(tilt) + depth * Math.sin(tilt) };
  };
}

function linesOf(
  { data, shape }: Analysis["trajectories"],
  view: ReturnType<typeof projection>,
): PlanePoint[][] {
  const [, bins] = shape as [number, number, number];
  return Array.from({ length: Math.min(TRIALS, shape[0]!) }, (_, trial) =>
    Array.from({ length: bins }, (_, bin) => {
      const at = 3 * (trial * bins + bin);
      return view(data.subarray(at, at + 3));
    }),
  );
}
