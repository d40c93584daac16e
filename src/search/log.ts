import type { EpochMetrics, SplitMetrics } from "../train";
import type { MemberRecord } from "./records";

/** The metrics of an epoch by the names that lfads-torch logs them under. */
export function logMetrics({ train, valid, smoothedScore, ...epoch }: EpochMetrics): Record<string, number> {
  const split = (name: string, metrics: SplitMetrics) => ({
    [`${name}/loss`]: metrics.loss,
    [`${name}/recon`]: metrics.reconstruction,
    [`${name}/wt_kl/ic`]: metrics.klInitialCondition,
    [`${name}/wt_kl/co`]: metrics.klControllerOutput,
    [`${name}/wt_kl`]: metrics.klInitialCondition + metrics.klControllerOutput,
    [`${name}/wt_kl/ramp`]: epoch.klRamp,
    [`${name}/wt_l2`]: metrics.l2,
    [`${name}/wt_l2/ramp`]: epoch.l2Ramp,
  });
  return {
    cur_epoch: epoch.epoch,
    ...split("train", train),
    ...split("valid", valid),
    "valid/recon_smth": smoothedScore,
    lr: epoch.learningRate,
  };
}

/** A record as one flat row: who, from whom, score, metrics, hyperparameters as `config/...`. */
function rowOf({
  parent,
  hyperparameters,
  metrics,
  ...record
}: MemberRecord): Readonly<Record<string, unknown>> {
  const config = Object.entries(hyperparameters).map(([name, value]) => [`config/${name}`, value]);
  const from = { parent_generation: parent?.generation ?? null, parent_member: parent?.member ?? null };
  const own = { ...record, ...from };
  return { ...own, ...metrics, ...own, ...Object.fromEntries(config) }; // own columns first, and never those of metrics
}

/** The records of a search, one JSON object in a line. */
export function searchJsonl(records: readonly MemberRecord[]): string {
  return records.map((record) => `${JSON.stringify(rowOf(record))}\n`).join("");
}

/** The records of a search as comma-separated values with a line of names; empty where a record lacks a value. */
export function searchCsv(records: readonly MemberRecord[]): string {
  const rows = records.map(rowOf);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [names, ...rows.map((row) => names.map((name) => row[name]))];
  return lines.map((line) => `${line.map(cell).join(",")}\n`).join("");
}
