import type { MemberKey, Report } from "./scheduler";
import type { Store } from "./store";
import type { Values } from "./values";

/** A member after a generation, as a search keeps it. */
export interface MemberRecord extends MemberKey {
  readonly hyperparameters: Values;
  readonly parent: MemberKey | null;
  /** Epochs that it has behind it. */
  readonly epochs: number;
  /** The lower the better; null for what is not finite. */
  readonly score: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Why it failed, if it did. */
  readonly error: string | null;
}

/** Key of a record. */
export function recordKey({ member, generation }: MemberKey): string {
  return `records/${generation}/${member}`;
}

/** The report that a record stands for. */
export function reportOf({ member, generation, score }: MemberRecord): Report {
  return { member, generation, score: score ?? Number.NaN };
}

/** The record of the lowest score; of equal ones the first. */
export function bestOf(records: readonly MemberRecord[]): MemberRecord | null {
  return records.reduce<MemberRecord | null>(
    (best, one) => (one.score !== null && one.score < (best?.score ?? Infinity) ? one : best),
    null,
  );
}

/** The record and those of its parents, from the first generation to its own. */
export function lineageOf(
  records: readonly MemberRecord[],
  { member, generation }: MemberKey,
): MemberRecord[] {
  const record = records.find((one) => one.member === member && one.generation === generation);
  if (!record)
    throw new Error(`lineageOf: there is no record of member ${member} after generation ${generation}`);
  return [...(record.parent ? lineageOf(records, record.parent) : []), record];
}

/** JSON as bytes. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** The value of a key whose bytes are JSON, or null. */
export async function getJson<T>(store: Store, key: string): Promise<T | null> {
  const bytes = await store.get(key);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
}
