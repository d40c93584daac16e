/**
 * A search in a folder, by two worker processes, to be killed and started again:
 *
 *   node --import tsx test/search/killable.ts <folder>
 *
 * Prints a line with the numbers of its child processes when it has begun, one for every record, and in the end all that it found.
 */
import { fileStore, workers } from "../../src/node";
import { runPopulation } from "../../src/search";
import { scheduler } from "./quadratic";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: killable.ts <folder>");
const executor = workers({
  module: new URL("quadraticWorkplace.ts", import.meta.url),
  workers: 2,
  data: folder,
  execArgv: ["--import", "tsx"],
});
const { records, best, checkpoint } = await runPopulation({
  scheduler: scheduler(),
  executor,
  store: fileStore(folder),
  retries: 5,
  onRecord: ({ member, generation }) => console.log(`record ${generation}/${member}`),
});
await executor.close();
console.log(JSON.stringify({ records, best, checkpoint: Buffer.from(checkpoint!).toString("base64") }));
