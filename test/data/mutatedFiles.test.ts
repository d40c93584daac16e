import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runMutations } from "../soak/runMutations";

const COUNT = 2000;
const SEED = 1;

describe("damaged files give an error or a valid result, never a crash or a hang", () => {
  test("safetensors", async () => {
    const { valid, errors, faults } = await runMutations("safetensors", { count: COUNT, seed: SEED });
    expect(faults).toEqual([]);
    expect(valid.length + errors.length).toBe(COUNT);
    expect(valid.length).toBeGreaterThan(100);
    expect(errors.length).toBeGreaterThan(1000);
  });

  test("HDF5; and each failure that HDF5 reports is an error", async () => {
    const { valid, errors, faults } = await runMutations("hdf5", { count: COUNT, seed: SEED });
    expect(faults).toEqual([]);
    expect(valid.length + errors.length).toBe(COUNT);
    expect(valid.length).toBeGreaterThan(100);
    expect(errors.length).toBeGreaterThan(1000);

    const script = fileURLToPath(new URL("../soak/reportedFailures.ts", import.meta.url));
    const args = ["--import", "tsx", script, String(SEED), "500"];
    const reported: number[] = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    expect(reported.length).toBeGreaterThan(200);
    expect(reported.filter((index) => valid.includes(index))).toEqual([]);
  });
});
