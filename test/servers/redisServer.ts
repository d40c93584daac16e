import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";

/** A Redis server on a free port of this machine, whose data outlive it. */
export interface RedisServer {
  readonly port: number;
  /** Kills it. */
  kill(): Promise<void>;
  /** Starts it again, on the same port with the same data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Starts `redis-server`, which must be installed. Every write is on disk when it is answered. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "lfads-redis-"));
  const port = await freePort();
  let server = await launch(port, folder);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill("SIGKILL");
    await once(server, "exit");
  };
  return {
    port,
    kill,
    async restart() {
      await kill();
      server = await launch(port, folder);
    },
    async remove() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A client that bears with it when its server goes away, and comes back soon after it. */
export function redisClient(port: number): Redis {
  const client = new Redis({ port, retryStrategy: () => 20 });
  client.on("error", () => {});
  return client;
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const options = {
    bind: "127.0.0.1",
    port,
    dir: folder,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    server.on("error", (cause) =>
      reject(new Error(`redis-server must be installed (Debian: redis-server): ${cause.message}`)),
    );
    server.on("exit", (code) =>
      reject(new Error(`redis-server exited with code ${code}: ${said.join("\n")}`)),
    );
    createInterface(server.stdout).on("line", (line) => {
      said.push(line);
      if (line.includes("Ready to accept connections")) resolve();
    });
  });
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (!address || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}
