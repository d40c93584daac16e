/** Runs the search of `search.ts` in this process and prints its result: node --import tsx searchInNode.ts <platform> */
import { inProcess, memoryStore } from "../../src/search";
import { digestOf, smallSearch, smallTrainer } from "./search";

const store = memoryStore();
const trainer = await smallTrainer(JSON.parse(process.argv[2]!));
console.log(digestOf(await smallSearch({ executor: inProcess({ trainer, store }), store })));
