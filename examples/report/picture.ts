import { createHash } from "node:crypto";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, html } from "./html";

/** What {@link picture} draws, and what it says to readers who cannot see it. */
export interface PictureOptions {
  /** Its name, read out by screen readers. */
  readonly title: string;
  /** What it shows, in a sentence or two. */
  readonly description: string;
  /** Width in pixels; the picture then scales to its place. @default 360 */
  readonly width?: number;
  /** Height in pixels. @default 220 */
  readonly height?: number;
  /** The rest of Plot's options: scales and marks. Scales need explicit domains. */
  readonly plot: Plot.PlotOptions;
}

/**
 * An Observable Plot as inline SVG. The same options give the same bytes: the clip paths, which Plot numbers by a
 * global counter, are named by the content instead.
 */
export function picture({ title, description, width = 360, height = 220, plot }: PictureOptions): Html {
  const { document } = parseHTML("<!doctype html><html></html>");
  const svg = Plot.plot({
    marginLeft: 44,
    marginRight: 10,
    marginTop: 22,
    marginBottom: 36,
    ...plot,
    width,
    height,
    document,
  });
  const content = svg.innerHTML
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/ aria-(?:label|hidden|description)="[^"]*"/g, "");
  return html`<svg role="img" aria-label="${title}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
 fill="currentColor" font-size="11" text-anchor="middle"><title>${title}</title><desc>${description}</desc>${new Html(
   nameClipPaths(content),
 )}</svg>`;
}

function nameClipPaths(svg: string): string {
  const found = new Map<string, number>();
  const numbered = svg.replace(/plot-clip-\d+/g, (id) => {
    if (!found.has(id)) found.set(id, found.size);
    return `clip-?-${found.get(id)}`;
  });
  if (found.size === 0) return svg;
  const hash = createHash("sha256").update(numbered).digest("hex").slice(0, 10);
  return numbered.replaceAll("clip-?-", `clip-${hash}-`);
}
