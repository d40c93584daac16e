import { soakBackends } from "./backends";
import { soakDamagedFiles } from "./damagedFiles";
import { soakKernels } from "./kernels";
import { soakMemory } from "./memory";
import { soakSearch } from "./search";

/**
 * `npm run soak -- [files|kernels|memory|search|backends [count [seed]]]`: one soak, or all of them; prints what came of it and fails on any fault.
 * Counts are damaged files of each format, random shapes, training steps, and killed processes.
 */
const soaks = {
  files: (count = 20_000, seed = 1) => soakDamagedFiles(count, seed),
  kernels: (count = 10_000, seed = 1) => soakKernels(count, seed),
  memory: (count = 1000) => soakMemory(count),
  search: (count = 20, seed = 1) => soakSearch(count, seed),
  backends: () => soakBackends(),
};

const [name, ...numbers] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(soaks, name)) {
  console.error(`usage: npm run soak -- [${Object.keys(soaks).join("|")} [count [seed]]]`);
  process.exit(2);
}
let faults = 0;
for (const [known, soak] of Object.entries(soaks)) {
  if (name === undefined || name === known) faults += await soak(...numbers.map(Number));
}
if (faults > 0) process.exitCode = 1;
