import * as Plot from "@observablehq/plot";
import { written } from "./numbers";
import { alike, linearTicks, logTicks } from "./ticks";

/** One axis: its name with the unit, and the range it covers. */
export interface AxisOptions {
  readonly label: string;
  readonly domain: readonly [number, number];
  /** @default "linear" */
  readonly type?: "linear" | "log";
  /** How many ticks, about. @default 5 */
  readonly ticks?: number;
}

/** A quiet horizontal axis: short numbers, the name below at the right. */
export function axisX({ label, ticks = 5, ...axis }: AxisOptions): Plot.Markish {
  return Plot.axisX({
    ...shared(label, { ticks, ...axis }),
    labelAnchor: "right",
    labelOffset: 32,
    tickSize: 4,
  });
}

/** A quiet vertical axis with grid lines: short numbers, the name above at the left. */
export function axisY({ label, ticks = 5, ...axis }: AxisOptions): Plot.Markish[] {
  const { ticks: values } = shared(label, { ticks, ...axis });
  return [
    Plot.gridY(values, { stroke: "var(--grid)", strokeOpacity: 1 }),
    Plot.axisY({ ...shared(label, { ticks, ...axis }), labelAnchor: "top", tickSize: 0, labelOffset: 36 }),
  ];
}

/** Plot's description of a scale over this axis. */
export function scale({ domain, type = "linear" }: AxisOptions): Plot.ScaleOptions {
  return { type, domain: [...domain], label: null };
}

function shared(label: string, { domain, type, ticks = 5 }: Omit<AxisOptions, "label">) {
  const values = type === "log" ? logTicks(domain) : linearTicks(domain, ticks);
  const tickFormat = type === "log" ? written : alike(values);
  return { ticks: values, tickFormat, label, labelArrow: "none", color: "var(--muted)" } as const;
}
