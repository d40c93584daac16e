import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ndarray } from "../../src/data";
import { loadHdf5, loadSafetensors, saveHdf5, saveSafetensors, writeFileAtomically } from "../../src/node";
import { smallDataset } from "../soak/sources";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lfads-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeFileAtomically", () => {
  test("writes and replaces, and leaves nothing else", async () => {
    const path = join(folder, "state");
    for (const bytes of [new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array(3_000_000).fill(7)]) {
      await writeFileAtomically(path, bytes);
      expect((await readFile(path)).equals(bytes)).toBe(true);
      expect(await readdir(folder)).toEqual(["state"]);
    }
  });

  test("writers at the same time: one of them wins as a whole", async () => {
    const path = join(folder, "state");
    const size = 1_000_000;
    await Promise.all(
      Array.from({ length: 8 }, (_, k) => writeFileAtomically(path, new Uint8Array(size).fill(k))),
    );
    const bytes = await readFile(path);
    expect(bytes.equals(new Uint8Array(size).fill(bytes[0]!))).toBe(true);
    expect(await readdir(folder)).toEqual(["state"]);
  });

  test("a folder that is missing, is a file or cannot be written", async () => {
    await writeFile(join(folder, "file"), "kept");
    for (const path of [join(folder, "missing", "x"), join(folder, "file", "x"), "/proc/self/x"]) {
      await expect(writeFileAtomically(path, new Uint8Array(1))).rejects.toThrow(
        new RegExp(`^writeFileAtomically: cannot write ${path}: E[A-Z]+: `),
      );
    }
    expect(await readdir(folder)).toEqual(["file"]);
    expect(await readFile(join(folder, "file"), "utf8")).toBe("kept");
  });

  test("what the path holds stays if it cannot be replaced, and nothing is left over", async () => {
    const path = join(folder, "state");
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(writeFileAtomically(path, new Uint8Array(9))).rejects.toThrow(
      "writeFileAtomically: cannot write",
    );
    expect(await readdir(folder)).toEqual(["state"]);
    expect(await readdir(path)).toEqual(["inside"]);
  });

  test("a process killed while writing leaves a whole file", async () => {
    const path = join(folder, "state");
    const size = 5_000_000;
    const script = `
      import { writeFileAtomically } from ${JSON.stringify(new URL("../../src/node/writeFileAtomically.ts", import.meta.url).href)};
      for (let k = 0; ; k = (k + 1) % 256) {
        await writeFileAtomically(${JSON.stringify(path)}, new Uint8Array(${size}).fill(k));
        console.log(k);
      }`;
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, 20 + 7 * round));
      child.kill("SIGKILL");
      await once(child, "close");
      const bytes = await readFile(path);
      expect(bytes.equals(new Uint8Array(size).fill(bytes[0]!))).toBe(true);
    }
  });
});

describe("files", () => {
  test("HDF5", async () => {
    const path = join(folder, "data.h5");
    await saveHdf5(path, smallDataset());
    expect(await loadHdf5(path)).toEqual(smallDataset());
    expect(
      Object.keys((await loadHdf5(path, { only: (name) => name.includes("_data") })).train.extras!),
    ).toEqual([]);
    await writeFile(path, "spikes");
    await expect(loadHdf5(path)).rejects.toThrow(`loadHdf5: ${path}: readHdf5: this is not an HDF5 file`);
    await expect(loadHdf5(join(folder, "missing"))).rejects.toThrow(/^loadHdf5: .*missing: ENOENT/);
  });

  test("safetensors", async () => {
    const path = join(folder, "model.safetensors");
    const tensors = { weight: ndarray(new Float32Array([1, 2]), [2, 1]) };
    await saveSafetensors(path, tensors, { epoch: "3" });
    expect(await loadSafetensors(path)).toEqual({ tensors, metadata: { epoch: "3" } });
    await writeFile(path, "weights");
    await expect(loadSafetensors(path)).rejects.toThrow(
      `loadSafetensors: ${path}: readSafetensors: a file has at least 8`,
    );
  });
});
