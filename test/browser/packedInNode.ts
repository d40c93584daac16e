/**
 * Prints, for a program that imports the packed package, a bundle of it for pages and what it says in Node:
 * node --import tsx packedInNode.ts <program>
 */
import { bundle } from "../package/bundle";
import { installPacked } from "../package/consumer";

const program = process.argv[2]!;
const consumer = await installPacked();
try {
  const said = consumer.run("node", consumer.write("program.mjs", program));
  const { text } = await bundle(program, consumer.folder);
  console.log(JSON.stringify({ text, said }));
} finally {
  consumer.remove();
}
