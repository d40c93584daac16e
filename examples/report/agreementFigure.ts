import * as Plot from "@observablehq/plot";
import { axisX, axisY, scale } from "./axes";
import { emptyPicture, figure } from "./figure";
import type { Html } from "./html";
import { extent, padded } from "./numbers";
import { accent, heatColor, heatLevels } from "./palette";
import { picture } from "./picture";

export interface AgreementFigureOptions {
  readonly title: string;
  /** @default none */
  readonly caption?: string | undefined;
  /** What was measured and what was estimated, of the same length; pairs that are not finite are left out. */
  readonly truth: readonly number[];
  readonly estimate: readonly number[];
  /** Axis names, with the unit. */
  readonly truthLabel: string;
  readonly estimateLabel: string;
  /** Written into the corner, such as "R² = 0.81". @default none */
  readonly note?: string;
}

/** Estimates against the truth: dots, or hexagons coloured by the number of samples where there are many; the diagonal is perfect. */
export function agreementFigure(options: AgreementFigureOptions): Html {
  const { title, caption, truth, estimate, truthLabel, estimateLabel, note } = options;
  const pairs = truth
    .map((value, i) => ({ truth: value, estimate: estimate[i] ?? Number.NaN }))
    .filter((pair) => Number.isFinite(pair.truth) && Number.isFinite(pair.estimate));
  if (pairs.length === 0) return figure({ title, caption, picture: emptyPicture("No samples to draw.") });
  const domain = padded(extent(pairs.flatMap((pair) => [pair.truth, pair.estimate])));
  const x = { label: truthLabel, domain };
  const y = { label: estimateLabel, domain };
  const many = pairs.length > 400;
  return figure({
    title,
    caption,
    picture: picture({
      title,
      description: `${pairs.length} samples: ${estimateLabel} against ${truthLabel}, with the diagonal where both agree.${note ? ` ${note}.` : ""}`,
      height: 340,
      plot: {
        x: scale(x),
        y: scale(y),
        color: { type: "quantize", range: hexagonColors },
        marks: [
          axisY(y),
          axisX(x),
          ...(many
            ? [colorsFromZero, hexagons(pairs)]
            : [Plot.dot(pairs, { x: "truth", y: "estimate", r: 2.2, fill: accent, fillOpacity: 0.6 })]),
          Plot.line([domain[0], domain[1]], {
            x: (d) => d,
            y: (d) => d,
            stroke: "var(--ink)",
            strokeDasharray: "4 3",
          }),
          note
            ? Plot.text([note], {
                frameAnchor: "top-left",
                dx: 8,
                dy: 4,
                fontSize: 15,
                fontWeight: 650,
                fill: "var(--ink)",
                stroke: "var(--card)",
                strokeWidth: 4,
              })
            : null,
        ],
      },
    }),
  });
}

/** One hexagon per place, coloured by the square root of the number of samples. */
function hexagons(pairs: readonly { readonly truth: number; readonly estimate: number }[]): Plot.Markish {
  const fill = (samples: readonly unknown[]) => Math.sqrt(samples.length);
  return Plot.dot(pairs, Plot.hexbin({ fill }, { x: "truth", y: "estimate", binWidth: 11 }));
}

/** Draws nothing, but lets the colour scale begin at 0 samples: from 1, it would be empty where all counts are alike. */
const colorsFromZero = Plot.dot([0], { fill: Plot.identity, filter: () => false });

/** Without the palest steps, so that a hexagon with one sample stands out from the card. */
const hexagonColors = Array.from({ length: heatLevels - 5 }, (_, i) => heatColor(i + 5));
