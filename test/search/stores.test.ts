import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileStore } from "../../src/node/fileStore";
import { integers, RandomStream } from "../../src/random";
import { checkedStore } from "../../src/search/stores/checkedStore";
import { memoryStore } from "../../src/search/stores/memoryStore";
import { storeContract } from "./storeContract";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfads-store-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("memoryStore", () => storeContract("memoryStore", memoryStore));
describe("fileStore", () => storeContract("fileStore", () => fileStore(join(folder, "new", "store"))));
describe("checkedStore in memory", () => storeContract("memoryStore", () => checkedStore(memoryStore())));
describe("checkedStore of files", () => storeContract("fileStore", () => checkedStore(fileStore(folder))));

describe("checkedStore", () => {
  test("checks once, however often it is asked to", async () => {
    const inner = memoryStore();
    const store = checkedStore(inner);
    await checkedStore(store).put("key", new Uint8Array([7]));
    expect(await checkedStore(inner).get("key")).toEqual(new Uint8Array([7]));
  });

  const bytes = Uint8Array.from({ length: 1000 }, (_, k) => (k * 31) & 255);

  async function read(damage: (framed: Uint8Array) => Uint8Array) {
    const inner = memoryStore();
    const damaged: string[] = [];
    const store = checkedStore(inner, { onDamaged: (key) => damaged.push(key) });
    await store.put("a/b", bytes);
    await inner.put("a/b", damage((await inner.get("a/b"))!));
    return { got: await store.get("a/b"), damaged };
  }

  test("gives what is whole, and tells of nothing", async () => {
    expect(await read((framed) => framed)).toEqual({ got: bytes, damaged: [] });
  });

  test("what is cut at any place is not there", async () => {
    const stream = RandomStream.fromSeed("cuts");
    for (const length of [0, 1, 7, 8, 15, 16, 47, 48, 49, 1047, ...integers(stream, 40, 0, 1048)]) {
      expect(await read((framed) => framed.slice(0, length)), `${length}`).toEqual({
        got: null,
        damaged: ["a/b"],
      });
    }
  });

  test("what has one other bit is not there, in the header and behind it", async () => {
    const stream = RandomStream.fromSeed("bits");
    const places = [
      ...integers(stream.fork("header"), 60, 0, 48),
      ...integers(stream.fork("all"), 60, 0, 1048),
    ];
    const bits = integers(stream.fork("bits"), places.length, 0, 8);
    for (const [index, place] of places.entries()) {
      const flip = (framed: Uint8Array) => {
        framed[place]! ^= 1 << bits[index]!;
        return framed;
      };
      expect(await read(flip), `bit ${bits[index]} of byte ${place}`).toEqual({
        got: null,
        damaged: ["a/b"],
      });
    }
  });

  test("what is longer, all zero or put by others is not there", async () => {
    const longer = (framed: Uint8Array) => Uint8Array.from([...framed, 0]);
    for (const damage of [longer, (framed: Uint8Array) => framed.fill(0), () => bytes]) {
      expect(await read(damage)).toEqual({ got: null, damaged: ["a/b"] });
    }
  });

  test("what is damaged can be put again", async () => {
    const store = checkedStore(fileStore(folder));
    await store.put("a", bytes);
    await truncate(join(folder, "a"), 500);
    expect(await store.get("a")).toBeNull();
    await store.put("a", bytes);
    expect(await store.get("a")).toEqual(bytes);
  });
});

describe("fileStore", () => {
  const bytes = new Uint8Array([1, 2, 3]);

  test("keeps plain files, and finds them again", async () => {
    await fileStore(folder).put("checkpoints/3/1", bytes);
    expect(new Uint8Array(await readFile(join(folder, "checkpoints", "3", "1")))).toEqual(bytes);
    expect(await fileStore(folder).get("checkpoints/3/1")).toEqual(bytes);
  });

  test("lists neither temporary files nor what others put there", async () => {
    const store = fileStore(folder);
    await store.put("a/b", bytes);
    await mkdir(join(folder, ".git"));
    for (const name of [".b.0123.tmp", "a/.b.0123.tmp", ".git/config", "a/my notes.txt"]) {
      await writeFile(join(folder, name), "half");
    }
    expect(await store.list("")).toEqual(["a/b"]);
  });

  test("a folder that cannot be made, written or read", async () => {
    await writeFile(join(folder, "file"), "kept");
    for (const path of [join(folder, "file"), join(folder, "file", "x"), "/proc/self/x"]) {
      await expect(fileStore(path).put("a/b", bytes)).rejects.toThrow(
        new RegExp(`^fileStore: cannot put "a/b" in ${path}: E[A-Z]+: `),
      );
    }
    expect(await fileStore(folder).get("file/a")).toBeNull();
    const long = "k".repeat(300);
    await expect(fileStore(folder).get(long)).rejects.toThrow(
      /^fileStore: cannot get "k+" in .*: ENAMETOOLONG/,
    );
    await expect(fileStore(folder).delete(long)).rejects.toThrow(
      /^fileStore: cannot delete "k+" in .*: ENAMET/,
    );
    await expect(fileStore(folder).list(`${long}/`)).rejects.toThrow(
      /^fileStore: cannot list "k+\/" in .*: ENAM/,
    );
    expect(await readdir(folder)).toEqual(["file"]);
    expect(await readFile(join(folder, "file"), "utf8")).toBe("kept");
  });

  test("a key where another has its folder, and the other way round", async () => {
    const store = fileStore(folder);
    await store.put("a/b", bytes);
    await expect(store.put("a", bytes)).rejects.toThrow(/^fileStore: cannot put "a" in /);
    await expect(store.put("a/b/c", bytes)).rejects.toThrow(/^fileStore: cannot put "a\/b\/c" in /);
    expect(await store.list("")).toEqual(["a/b"]);
    expect(await store.get("a/b")).toEqual(bytes);
  });

  const script = (body: string) => `
    import { fileStore } from ${JSON.stringify(new URL("../../src/node/fileStore.ts", import.meta.url).href)};
    const store = fileStore(${JSON.stringify(folder)});
    ${body}`;
  const node = ["--import", "tsx", "--input-type=module", "-e"];
  const cwd = fileURLToPath(new URL("../..", import.meta.url));

  test("where no more fits, the error says so and what was there stays", async () => {
    const store = fileStore(folder);
    await store.put("a/b", bytes);
    // A limit of 64 KiB on files stands for a disk that is full.
    const body = script(
      `await store.put("a/b", new Uint8Array(1e6)).catch((error) => console.log(error.message));`,
    );
    const child = spawn("sh", ["-c", `ulimit -f 64; exec "$@"`, "sh", process.execPath, ...node, body], {
      cwd,
      env: { ...process.env, TSX_DISABLE_CACHE: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (text) => (said += text));
    await once(child, "close");
    expect(said).toMatch(/^fileStore: cannot put "a\/b" in .*: EFBIG: file too large/);
    expect(await store.get("a/b")).toEqual(bytes);
    expect(await readdir(join(folder, "a"))).toEqual(["b"]);
  });

  test("a process killed in a put leaves the old bytes or the new ones", async () => {
    const size = 5_000_000;
    const body = `for (let k = 0; ; k = (k + 1) % 256) {
      await store.put("x/state", new Uint8Array(${size}).fill(k));
      console.log(k);
    }`;
    const store = fileStore(folder);
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [...node, script(body)], {
        cwd,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, 20 + 7 * round));
      child.kill("SIGKILL");
      await once(child, "close");
      const read = await store.get("x/state");
      expect(Buffer.compare(read!, new Uint8Array(size).fill(read![0]!))).toBe(0);
      expect(await store.list("")).toEqual(["x/state"]);
    }
  });
});
