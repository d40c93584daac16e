import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTrainingState, saveTrainingState } from "../../src/node/trainingStateFile";
import { serializeTrainingState, type TrainingState } from "../../src/train";
import { useBackend } from "../backend";
import { differences, tinyData, trainOn } from "./support";

let folder: string;
let state: TrainingState;
beforeAll(async () => {
  await useBackend("cpu");
  folder = await mkdtemp(join(tmpdir(), "lfads-state-"));
  state = (await trainOn(tinyData(), { epochs: 1 })).state;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a state comes back from its file, which holds nothing else", async () => {
  const path = join(folder, "state");
  await saveTrainingState(path, state);
  expect(differences((await loadTrainingState(path))!, state)).toEqual([]);
  expect((await readFile(path)).equals(serializeTrainingState(state))).toBe(true);
  await saveTrainingState(path, { ...state, epoch: 7 });
  expect((await loadTrainingState(path))!.epoch).toBe(7);
  expect(await readdir(folder)).toEqual(["state"]);
});

test("no file yet is no state; a folder that is missing cannot be written", async () => {
  expect(await loadTrainingState(join(folder, "none"))).toBeUndefined();
  const path = join(folder, "missing", "state");
  expect(await loadTrainingState(path)).toBeUndefined();
  await expect(saveTrainingState(path, state)).rejects.toThrow(`writeFileAtomically: cannot write ${path}: `);
});

test("errors name the file", async () => {
  const bytes = serializeTrainingState(state);
  const path = join(folder, "damaged");
  await writeFile(path, bytes.subarray(0, bytes.length - 9));
  await expect(loadTrainingState(path)).rejects.toThrow(`loadTrainingState: ${path}: readSafetensors: `);
  await writeFile(path, "");
  await expect(loadTrainingState(path)).rejects.toThrow(
    `loadTrainingState: ${path}: readSafetensors: a file has at least 8 bytes, got 0`,
  );
  await expect(loadTrainingState(folder)).rejects.toThrow(`loadTrainingState: ${folder}: EISDIR`);
});
