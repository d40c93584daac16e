import { AwsClient } from "aws4fetch";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkedStore } from "../../src/search/stores/checkedStore";
import { s3Store } from "../../src/search/stores/s3Store";
import { startS3 } from "./s3Server";
import { storeContract } from "./storeContract";

let server: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  server = await startS3("lab-key");
});
afterAll(() => server.close());
beforeEach(() => server.objects.clear());

const client = (accessKeyId = "lab-key") =>
  new AwsClient({
    accessKeyId,
    secretAccessKey: "secret",
    service: "s3",
    region: "eu-central-1",
    retries: 0,
  });
const open = (folder?: string) =>
  s3Store({ client: client(), bucket: `${server.url}/lab`, ...(folder && { folder }) });

describe("s3Store", () => storeContract("s3Store", () => open()));
describe("s3Store in a folder", () => storeContract("s3Store", () => open("searches/first")));
describe("checkedStore of s3Store", () => storeContract("s3Store", () => checkedStore(open("a"))));

describe("s3Store", () => {
  const bytes = new Uint8Array([1, 2]);

  test("keeps to its folder, and lists only what can be a key", async () => {
    server.objects.set("searches/first/my notes & more", Buffer.from("x"));
    server.objects.set("searches/firstborn", Buffer.from("x"));
    const [first, second] = [open("searches/first"), open("searches/second")];
    for (let k = 0; k < 8; k++) await first.put(`k/${k}`, bytes);
    expect(await first.list("")).toEqual(Array.from({ length: 8 }, (_, k) => `k/${k}`));
    expect(await second.list("")).toEqual([]);
    expect(await second.get("k/0")).toBeNull();
    expect(server.objects.has("searches/first/k/0")).toBe(true);
  });

  test("says what the server says", async () => {
    const store = s3Store({ client: client("other"), bucket: `${server.url}/lab` });
    const said = "403 Key & signature are not known.";
    await expect(store.get("a/b")).rejects.toThrow(`s3Store: cannot get "a/b": ${said}`);
    await expect(store.put("a/b", bytes)).rejects.toThrow(`s3Store: cannot put "a/b": ${said}`);
    await expect(store.list("a/")).rejects.toThrow(`s3Store: cannot list "a/": ${said}`);
    await expect(store.delete("a/b")).rejects.toThrow(`s3Store: cannot delete "a/b": ${said}`);
  });

  test("a bucket that is not there", async () => {
    const store = s3Store({ client: client(), bucket: `${server.url}/nowhere/` });
    await expect(store.get("a")).rejects.toThrow(`s3Store: cannot get "a": the bucket does not exist`);
    await expect(store.list("")).rejects.toThrow(`s3Store: cannot list "": the bucket does not exist`);
    await expect(store.delete("a")).rejects.toThrow(`s3Store: cannot delete "a": the bucket does not exist`);
    await expect(store.put("a", bytes)).rejects.toThrow(
      `s3Store: cannot put "a": 404 There is no such bucket.`,
    );
  });

  test("a server that cannot be reached", async () => {
    const gone = await startS3("lab-key");
    gone.close();
    const store = s3Store({ client: client(), bucket: `${gone.url}/lab` });
    await expect(store.get("a")).rejects.toThrow(/^s3Store: cannot get "a": /);
  });

  test("refuses what is no URL, and folders that cannot be part of keys", () => {
    for (const bucket of ["lab", "s3://lab", ""]) {
      expect(() => s3Store({ client: client(), bucket })).toThrow(
        `s3Store: bucket must be an http or https URL, got "${bucket}"`,
      );
    }
    for (const folder of ["", "a/", "/a", "../a", "a b"]) {
      expect(() => s3Store({ client: client(), bucket: server.url, folder })).toThrow(
        "s3Store: folder: a key must be made of",
      );
    }
  });
});
