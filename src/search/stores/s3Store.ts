import type { Store } from "../store";
import { checkKey, checkPrefix, isKey } from "./keys";

/** What signs and sends requests: an `AwsClient` of `aws4fetch`, or `fetch` itself where nothing needs a signature. */
export interface S3Client {
  /** As the global `fetch`. */
  fetch(
    url: string,
    init: { readonly method: string; readonly body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response>;
}

/** Settings of {@link s3Store}. */
export interface S3StoreOptions {
  readonly client: S3Client;
  /** URL of the bucket, such as `https://s3.eu-central-1.amazonaws.com/bucket` or `https://bucket.s3.amazonaws.com`. */
  readonly bucket: string;
  /** Keys in the bucket begin with this and a slash. @default none: the bucket is for this store alone */
  readonly folder?: string;
}

/**
 * A store in a bucket of Amazon S3 or whatever speaks its language. An object is replaced as a whole or not at all.
 *
 * @example
 * ```ts
 * import { AwsClient } from "aws4fetch";
 * import { s3Store } from "lfads";
 *
 * const client = new AwsClient({ accessKeyId: "key", secretAccessKey: "secret", service: "s3" });
 * const store = s3Store({ client, bucket: "https://bucket.s3.amazonaws.com", folder: "search-1" });
 * ```
 * @throws if the URL is not one of http or https, or the folder cannot be part of a key; from its methods what the server
 *   answered, if it refuses
 */
export function s3Store({ client, bucket, folder }: S3StoreOptions): Store {
  const root = bucketUrl(bucket);
  if (folder !== undefined) checkKey("s3Store: folder", folder);
  const before = folder === undefined ? "" : `${folder}/`;

  async function send(method: string, what: string, key: string, url: string, bytes?: Uint8Array) {
    let answer: Response;
    try {
      answer = await client.fetch(url, bytes ? { method, body: bytes.slice() } : { method });
    } catch (cause) {
      throw new Error(`s3Store: cannot ${what} "${key}": ${(cause as Error).message}`, { cause });
    }
    if (answer.ok || (answer.status === 404 && method !== "PUT")) return answer;
    const said = `${answer.status} ${element(await answer.text(), "Message") ?? answer.statusText}`;
    throw new Error(`s3Store: cannot ${what} "${key}": ${said.trim()}`);
  }

  return {
    async get(key) {
      checkKey("s3Store", key);
      const answer = await send("GET", "get", key, `${root}/${before}${key}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (answer.ok) return bytes;
      refuseMissingBucket("get", key, new TextDecoder().decode(bytes));
      return null;
    },
    async put(key, bytes) {
      checkKey("s3Store", key);
      await (await send("PUT", "put", key, `${root}/${before}${key}`, bytes)).arrayBuffer();
    },
    async list(prefix) {
      checkPrefix("s3Store", prefix);
      const keys: string[] = [];
      for (let token: string | undefined = ""; token !== undefined; ) {
        const query: URLSearchParams = new URLSearchParams({ "list-type": "2", prefix: before + prefix });
        if (token) query.set("continuation-token", token);
        const answer: Response = await send("GET", "list", prefix, `${root}/?${query}`);
        const text = await answer.text();
        refuseMissingBucket("list", prefix, text);
        for (const [, found = ""] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) {
          const key = unescaped(found).slice(before.length);
          if (isKey(key)) keys.push(key);
        }
        token = element(text, "IsTruncated") === "true" ? element(text, "NextContinuationToken") : undefined;
      }
      return keys;
    },
    async delete(key) {
      checkKey("s3Store", key);
      const answer = await send("DELETE", "delete", key, `${root}/${before}${key}`);
      refuseMissingBucket("delete", key, await answer.text());
    },
  };
}

function bucketUrl(bucket: string): string {
  if (!URL.canParse(bucket) || !/^https?:$/.test(new URL(bucket).protocol)) {
    throw new Error(`s3Store: bucket must be an http or https URL, got "${bucket}"`);
  }
  return bucket.replace(/\/+$/, "");
}

/** An object that is not there is nothing; a bucket that is not there is a mistake. */
function refuseMissingBucket(what: string, key: string, answer: string): void {
  if (element(answer, "Code") !== "NoSuchBucket") return;
  throw new Error(`s3Store: cannot ${what} "${key}": the bucket does not exist`);
}

/** Text of the first element with this name in an XML answer. */
function element(xml: string, name: string): string | undefined {
  const found = xml.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
  return found === undefined ? undefined : unescaped(found);
}

function unescaped(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(\w+);/g, (whole, name: string) => characters[name] ?? whole);
}
