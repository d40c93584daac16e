/**
 * A search in a folder, by two worker processes, to be killed or stopped and started again:
 *
 *   node --import tsx test/search/killable.ts <folder> [<path>]
 *
 * Prints a line for every record and, in the end, all that it found. After eight records it blocks the path, if there is one.
 */
import { fileStore, workers } from "../../src/node";
import { runPopulation } from "../../src/search";
import { block } from "./block";
import { scheduler } from "./quadratic";

const [folder, blocked] = process.argv.slice(2);
if (!folder) throw new Error("usage: killable.ts <folder> [<path>]");
const executor = workers({
  module: new URL("quadraticWorkplace.ts", import.meta.url),
  workers: 2,
  data: folder,
  execArgv: ["--import", "tsx"],
});
let done = 0;
const { records, best, checkpoint } = await runPopulation({
  scheduler: scheduler(),
  executor,
  store: fileStore(folder),
  retries: 5,
  onRecord: ({ member, generation }) => {
    console.log(`record ${generation}/${member}`);
    if (++done === 8 && blocked) block(blocked);
  },
});
await executor.close();
console.log(JSON.stringify({ records, best, checkpoint: Buffer.from(checkpoint!).toString("base64") }));
