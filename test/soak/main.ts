import { type Format, runMutations } from "./runMutations";

/** `npm run soak -- [count] [seed]`: reads that many damaged files of each format and prints what became of them. */
const [count = 20_000, seed = 1] = process.argv.slice(2).map(Number);
const real = new URL("../../examples/data/macaque_reach_day31_20ms.h5", import.meta.url).pathname;

const runs: readonly [Format, string, number, readonly string[]][] = [
  ["safetensors", "small files", count, []],
  ["hdf5", "small files", count, []],
  ["hdf5", "small files and a recording", Math.ceil(count / 20), [real]],
];
for (const [format, what, files, paths] of runs) {
  const began = performance.now();
  const { valid, errors, faults } = await runMutations(format, { count: files, seed, paths });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${format} (${what}): ${files} damaged files in ${seconds} s: ${errors.length} errors, ${valid.length} valid, ${faults.length} faults`,
  );
  for (const fault of faults) console.log(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
