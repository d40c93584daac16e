/**
 * The search of the tests through the queue of a Redis server, to be killed:
 *
 *   node --import tsx test/servers/queueRunner.ts <port>
 *
 * Prints a line for every record.
 */
import { bullmqExecutor } from "../../src/bullmq";
import { redisStore } from "../../src/node";
import { runPopulation } from "../../src/search";
import { scheduler } from "../search/quadratic";
import { redisClient } from "./redisServer";

const port = Number(process.argv[2]);
const connection = { port, maxRetriesPerRequest: null };
await runPopulation({
  scheduler: scheduler(),
  executor: bullmqExecutor({ connection, search: "a search", size: 2 }),
  store: redisStore({ client: redisClient(port) }),
  onRecord: ({ member, generation }) => console.log(`record ${generation}/${member}`),
});
