/** A colour that follows the reader's light or dark theme: a CSS variable set by the page. */
export type Color = `var(--${string})`;

/** Text and the lines that matter most, such as what was measured. */
export const ink: Color = "var(--ink)";

/** What the model says. */
export const accent: Color = "var(--c1)";

/** The colours of series, in order; the seventh series has the first colour again. */
export function seriesColor(index: number): Color {
  return `var(--c${(index % 6) + 1})`;
}

/** The number of steps of the heat map's colour scale. */
export const heatLevels = 24;

/** The colour of step `level` of the heat map's scale, 0 = nothing .. `heatLevels - 1` = most. */
export function heatColor(level: number): Color {
  return `var(--h${level})`;
}

/** CSS declarations of every colour: `light` on paper, `dark` on a dark screen. */
export const colorVariables: { readonly light: string; readonly dark: string } = {
  light: declarations(
    { paper: "#f6f5f1", card: "#ffffff", ink: "#16202a", muted: "#5a6672", rule: "#d9d7d0", grid: "#edece7" },
    ["#0b7a8c", "#d4560f", "#6c4bd1", "#2d8a45", "#c22c66", "#9a7400"],
    ["#f3f4f1", "#cfe8dc", "#8fd0c6", "#3fa9bd", "#1f78ad", "#23458f", "#171a4d"],
  ),
  dark: declarations(
    { paper: "#0d1217", card: "#151c23", ink: "#e9eef2", muted: "#9fadb9", rule: "#35414c", grid: "#232d36" },
    ["#45c4d6", "#ff9650", "#b39bff", "#6fd58a", "#ff85ae", "#e8c34a"],
    ["#1b242d", "#1d3a5f", "#1f5f93", "#2390ab", "#4fbfae", "#a5e0b5", "#fbfbd2"],
  ),
};

function declarations(
  named: Readonly<Record<string, string>>,
  series: readonly string[],
  stops: readonly string[],
): string {
  return [
    ...Object.entries(named).map(([name, color]) => `--${name}:${color}`),
    ...series.map((color, i) => `--c${i + 1}:${color}`),
    ...Array.from({ length: heatLevels }, (_, i) => `--h${i}:${between(stops, i / (heatLevels - 1))}`),
  ].join(";");
}

/** The colour at `position` (0..1) along equally spaced stops, mixed linearly. */
function between(stops: readonly string[], position: number): string {
  const at = position * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [channels(stops[low]!), channels(stops[low + 1]!)];
  const mixed = from.map((value, i) => Math.round(value + (at - low) * (to[i]! - value)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}
