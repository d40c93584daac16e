import { encodeJson, getJson, type MemberRecord, recordKey } from "./records";
import type { Job } from "./scheduler";
import type { Store } from "./store";

const HEADER = "search";
const FORMAT = "lfads search 1";

/** What the result of a search depends on: plain JSON data. */
export interface SearchHeader {
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a search keeps in its store besides checkpoints: a header that says which search it is, and its records. */
export class SearchRecords {
  readonly #store: Store;
  /** Keys of records that were there at the start and have not been asked for. */
  readonly #unread = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws if the store holds another search */
  async open(header: SearchHeader): Promise<void> {
    const own = { format: FORMAT, ...header };
    const found = await getJson<typeof own>(this.#store, HEADER);
    const [there, wanted] = [JSON.stringify(found), JSON.stringify(own)];
    if (!found) await this.#store.put(HEADER, encodeJson(own));
    else if (there !== wanted) throw another(there, wanted);
    for (const key of await this.#store.list("records/")) this.#unread.add(key);
  }

  /**
   * The record of a job from before, once; null if there is none, if it is damaged, or if it is of another job: so it may be with what
   * followed a record that was damaged, if that came out otherwise when its job ran again.
   * @throws if a first job, which nothing preceded, has the record of another
   */
  async take(job: Job): Promise<MemberRecord | null> {
    if (!this.#unread.delete(recordKey(job))) return null;
    const record = await getJson<MemberRecord>(this.#store, recordKey(job));
    if (!record) return null;
    const [wanted, found] = [job, record].map(({ parent, epochs, hyperparameters }) =>
      JSON.stringify({ parent, epochs, hyperparameters }),
    ) as [string, string];
    if (wanted === found) return record;
    if (job.generation === 0) throw another(`${found} for member ${job.member}`, wanted);
    return null;
  }

  /** Returns when the record is durable. */
  async keep(record: MemberRecord): Promise<void> {
    await this.#store.put(recordKey(record), encodeJson(record));
  }
}

function another(found: string, wanted: string): Error {
  return new Error(
    `runPopulation: the store holds another search, with ${found}, got ${wanted}; give each search a store of its own`,
  );
}
