import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A small server that speaks as much of S3 as a store needs, with the one bucket `lab`. It lists three keys at a time. */
export async function startS3(accessKeyId: string) {
  const objects = new Map<string, Buffer>();
  const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { pathname, searchParams } = new URL(request.url!, "http://s3");
    const [, bucket, ...rest] = pathname.split("/");
    const key = decodeURIComponent(rest.join("/"));
    const answer = (status: number, text: string | Buffer = "") => response.writeHead(status).end(text);
    const refuse = (status: number, code: string, message: string) =>
      answer(status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);

    if (!request.headers.authorization?.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`)) {
      return refuse(403, "InvalidAccessKeyId", "Key &amp; signature are not known.");
    }
    if (bucket !== "lab") return refuse(404, "NoSuchBucket", "There is no such bucket.");
    if (request.method === "PUT") {
      if (request.headers["content-length"] !== String(body.length))
        return refuse(411, "MissingContentLength", "");
      objects.set(key, body);
      return answer(200);
    }
    if (request.method === "DELETE") {
      objects.delete(key);
      return answer(204);
    }
    if (key) {
      const found = objects.get(key);
      return found ? answer(200, found) : refuse(404, "NoSuchKey", "There is no such key.");
    }
    const after = searchParams.get("continuation-token")?.slice("<&>".length) ?? "";
    const all = [...objects.keys()].sort().filter((name) => name.startsWith(searchParams.get("prefix")!));
    const left = all.filter((name) => name > after);
    const page = left.slice(0, 3);
    const more = left.length > page.length;
    answer(
      200,
      `<?xml version="1.0"?><ListBucketResult><Name>lab</Name><IsTruncated>${more}</IsTruncated>${page
        .map((name) => `<Contents><Key>${escaped(name)}</Key><Size>1</Size></Contents>`)
        .join("")}${
        more ? `<NextContinuationToken>${escaped(`<&>${page.at(-1)}`)}</NextContinuationToken>` : ""
      }</ListBucketResult>`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
