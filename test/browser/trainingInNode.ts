/** Runs `training.ts` in this process and prints its result: node --import tsx trainingInNode.ts <platform> */
import { training } from "./training";

console.log(await training(JSON.parse(process.argv[2]!)));
