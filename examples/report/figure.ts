import { type Html, type HtmlValue, html } from "./html";
import type { Color } from "./palette";

/** One entry of a legend: a line or a dot of this colour, with its name. */
export interface LegendEntry {
  readonly label: string;
  readonly color: Color;
  /** @default false */
  readonly dashed?: boolean;
  /** @default a line */
  readonly dot?: "filled" | "hollow";
}

/** The frame around a picture. */
export interface FigureOptions {
  readonly title: string;
  /** What to look for, and the units. @default none */
  readonly caption?: string | undefined;
  /** A key to the colours: entries for lines and dots, or ready-made HTML. @default none */
  readonly legend?: readonly LegendEntry[] | Html;
  readonly picture: Html;
}

/** A `<figure>`: the title and the key above the picture, the caption below. */
export function figure({ title, caption, legend = [], picture }: FigureOptions): Html {
  return html`<figure aria-label="${title}"><div class="head"><p class="name">${title}</p>${key(legend)}</div>
${picture}
${caption && html`<figcaption>${caption}</figcaption>`}</figure>`;
}

/** A figure with nothing to draw says so. */
export function emptyPicture(reason: string): Html {
  return html`<p class="empty">${reason}</p>`;
}

/** Figures side by side, as many as fit: three on a desktop, one on a phone. */
export function figureGrid(...figures: readonly HtmlValue[]): Html {
  return html`<div class="figures">${figures}</div>`;
}

function key(legend: readonly LegendEntry[] | Html): Html {
  if (!Array.isArray(legend)) return legend as Html;
  if (legend.length === 0) return html``;
  return html`<ul class="key">${(legend as readonly LegendEntry[]).map(
    (entry) => html`<li>${sample(entry)}${entry.label}</li>`,
  )}</ul>`;
}

function sample({ color, dashed, dot }: LegendEntry): Html {
  if (!dot) return html`<i style="border-top:2.5px ${dashed ? "dashed" : "solid"} ${color}"></i>`;
  return html`<i class="dot" style="border-color:${color};background:${dot === "filled" ? color : "none"}"></i>`;
}
