#!/usr/bin/env node
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { serveQueue } from "./bullmq/serveQueue";

const USAGE = `Runs the jobs of a search on this machine until it is interrupted.

npx lfads-worker --redis redis://host:6379 --module ./workplace.js

  --redis URL         the Redis server of the queue (default redis://localhost:6379)
  --queue NAME        the queue (default lfads)
  --module PATH       ES module that exports the function "workplace"
  --data JSON         is given to that function
  --concurrency N     jobs at the same time (default 1)
  --threads N         threads of each (default: the cores, shared out)
  --lease N           milliseconds of silence after which others take the jobs (default 30000)
`;

/** @throws if the options are not as they should be */
function start() {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      ...{
        redis: text,
        queue: text,
        module: text,
        data: text,
        concurrency: text,
        threads: text,
        lease: text,
      },
      help: { type: "boolean" },
    },
  });
  const {
    redis = "redis://localhost:6379",
    queue = "lfads",
    module,
    data,
    concurrency,
    threads,
    lease,
  } = values;
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (!module) throw new Error("lfads-worker: --module must be the path of an ES module, got none");
  if (!URL.canParse(redis)) throw new Error(`lfads-worker: --redis must be a URL, got "${redis}"`);
  const server = serveQueue({
    connection: { url: redis },
    queue,
    module: module.startsWith("file:") ? module : pathToFileURL(module),
    ...(data !== undefined && { data: JSON.parse(data) }),
    ...(concurrency !== undefined && { concurrency: Number(concurrency) }),
    ...(threads !== undefined && { threads: Number(threads) }),
    ...(lease !== undefined && { lease: Number(lease) }),
    onError: ({ message }) => process.stderr.write(`lfads-worker: ${message}\n`),
  });
  void server.ready.then(() =>
    process.stdout.write(`lfads-worker: serves the queue "${queue}" of ${new URL(redis).host}\n`),
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
}

try {
  start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exitCode = 1;
}
