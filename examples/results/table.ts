import { number } from "../shared/table";
import type { Row } from "./scores";

const HEAD = [
  "set, seed",
  "epochs (best)",
  "ended by",
  "held-in bits/spike",
  "co-bps",
  "velocity R2",
  "rate R2 mean / median",
  "latent R2",
  "minutes (CPU)",
];

/** The rows as a Markdown table. */
export function markdown(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(HEAD), line(HEAD.map(() => "---")), ...rows.map((row) => line(cells(row)))].join("\n");
}

function cells({ set, seed, epochs, best, stopReason, minutes, cpuMinutes, scores }: Row): string[] {
  const { heldIn, coBps, velocityR2, rateR2, latentR2 } = scores ?? {};
  return [
    `${set}, ${seed}`,
    `${epochs} (${best ?? "-"})`,
    stopReason ?? "under way",
    ...[heldIn, coBps, velocityR2].map((score) => number(score)),
    rateR2 ? `${number(rateR2.mean)} / ${number(rateR2.median)}` : "-",
    number(latentR2),
    `${number(minutes, 1)} (${number(cpuMinutes, 1)})`,
  ];
}
