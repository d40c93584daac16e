import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unblock } from "./block";
import { undisturbed } from "./killSearch";

const script = fileURLToPath(new URL("killable.ts", import.meta.url));

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "lfads-full-"));
  folder = join(parent, "search");
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Runs the search in processes that can write files of at most so many blocks, which stands for a disk that is full. */
async function search({ blocks = "unlimited", blocked = "" } = {}) {
  const node = [process.execPath, "--import", "tsx", script, folder, blocked];
  const child = spawn("sh", ["-c", `ulimit -f ${blocks}; exec "$@"`, "sh", ...node], {
    env: { ...process.env, TSX_DISABLE_CACHE: blocks === "unlimited" ? "" : "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { said, error, found: said.split("\n").find((line) => line.startsWith("{")) };
}

test("a search on a disk that is full for some checkpoints stops, and goes on when there is room", async () => {
  const { said, error, found } = await search({ blocks: "8" });
  expect(found).toBeUndefined();
  expect(said).toContain("record 2/0");
  expect(error).toMatch(
    /StopSearch: runJob: the store must keep (checkpoints\/2\/[345]), it says: fileStore: cannot put "\1" in .*EFBIG: file too large/,
  );
  expect(error).toContain(folder);
  expect((await search()).found).toBe(await undisturbed());
});

test.each([
  [
    "checkpoints",
    /StopSearch: runJob: the store must keep (checkpoints\/\d\/\d), it says: .* "\1" in .*ENOTDIR/,
  ],
  [
    "records",
    /StopSearch: runPopulation: the store must keep (records\/1\/\d), it says: .* "\1" in .*ENOTDIR/,
  ],
  [".", /StopSearch: run\w+: the store must keep (\w+\/\d\/\d), it says: .* "\1" in .*ENOTDIR/],
])("a search whose %s cannot be written any more stops, and goes on when they can", async (part, says) => {
  const blocked = join(folder, part);
  const { error, found } = await search({ blocked });
  expect(found).toBeUndefined();
  expect(error).toMatch(says);
  expect(error).toContain(folder);
  unblock(blocked);
  expect((await search()).found).toBe(await undisturbed());
});
