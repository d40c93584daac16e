import type { Report } from "./scheduler";

/** What has been said of a member in the current generation. */
export interface Standing {
  readonly reported: boolean;
  /** The lower the better; null for a member that has not been reported, or failed. */
  readonly score: number | null;
}

export const UNREPORTED: Standing = { reported: false, score: null };

/**
 * The members after a report.
 * @throws if this job is not one of those asked for
 */
export function record<Member extends Standing>(
  caller: string,
  members: readonly Member[],
  generation: number,
  report: Report,
): Member[] {
  const of = `member ${report.member} in generation ${report.generation}`;
  if (report.generation !== generation) {
    throw new Error(`${caller}: a report must be of the current generation, ${generation}, got ${of}`);
  }
  const member = members[report.member];
  if (!member) throw new Error(`${caller}: a report must be of one of ${members.length} members, got ${of}`);
  if (member.reported) throw new Error(`${caller}: a job is reported once, got ${of} again`);
  if (typeof report.score !== "number") {
    throw new Error(`${caller}: score must be a number, NaN for a failure, got ${report.score} of ${of}`);
  }
  const score = Number.isFinite(report.score) ? report.score + 0 : null; // no negative zero: JSON has none
  return members.map((other, i) => (i === report.member ? { ...member, reported: true, score } : other));
}

/** Returns a whole number that is large enough. */
export function requireInteger(caller: string, name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${caller}: ${name} must be an integer of at least ${least}, got ${value}`);
  }
  return value;
}
