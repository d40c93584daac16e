import type { JobResult } from "../search/executor";
import type { SentError } from "../search/executors/protocol";
import type { Job } from "../search/scheduler";

/** What a job carries through Redis, as JSON. */
export interface QueueData {
  readonly job: Job;
  /** Its caller does not want it any more. */
  readonly aborted?: boolean;
  /** Why it failed. */
  readonly error?: SentError;
}

/** A number in JSON, which has no NaN and no infinities. */
type Sent = number | string;

/** A {@link JobResult} as JSON. */
export interface SentResult {
  readonly score: Sent;
  readonly metrics?: Readonly<Record<string, Sent>>;
}

export function sendResult({ score, metrics }: JobResult): SentResult {
  return metrics ? { score: send(score), metrics: mapValues(metrics, send) } : { score: send(score) };
}

export function receiveResult({ score, metrics }: SentResult): JobResult {
  return metrics ? { score: Number(score), metrics: mapValues(metrics, Number) } : { score: Number(score) };
}

/** What is sent of a job: a record of one has more. */
export function onlyJob({ member, generation, hyperparameters, parent, epochs }: Job): Job {
  return { member, generation, hyperparameters, parent, epochs };
}

function send(x: number): Sent {
  return Number.isFinite(x) ? x : String(x);
}

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
