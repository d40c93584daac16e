import { type Format, runMutations } from "./runMutations";

const REAL = new URL("../../examples/data/macaque_reach_day31_20ms.h5", import.meta.url).pathname;

/** Reads `count` damaged files of each format, prints what became of them and returns the number of faults. */
export async function soakDamagedFiles(count: number, seed: number): Promise<number> {
  const runs: readonly [Format, string, number, readonly string[]][] = [
    ["safetensors", "small files", count, []],
    ["hdf5", "small files", count, []],
    ["hdf5", "small files and a recording", Math.ceil(count / 20), [REAL]],
  ];
  let all = 0;
  for (const [format, what, files, paths] of runs) {
    const began = performance.now();
    const { valid, errors, faults } = await runMutations(format, { count: files, seed, paths });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(
      `${format} (${what}): ${files} damaged files in ${seconds} s: ${errors.length} errors, ${valid.length} valid, ${faults.length} faults`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
    all += faults.length;
  }
  return all;
}
