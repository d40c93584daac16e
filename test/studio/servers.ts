import { fileURLToPath } from "node:url";
import { build, createServer, preview } from "vite";

const configFile = fileURLToPath(new URL("../../examples/browser/vite.config.ts", import.meta.url));

/** Where a page is, until it is closed. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** The page as `npm run studio` serves it. */
export async function serve(): Promise<Served> {
  const server = await createServer({ configFile, logLevel: "error" });
  await server.listen();
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

/** The page as a static site. */
export async function serveBuilt(): Promise<Served> {
  await build({ configFile, logLevel: "error" });
  const server = await preview({ configFile, logLevel: "error" });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
