import { parentPort } from "node:worker_threads";
import { serveModule } from "./node/serveModule";
import { processPort, threadPort } from "./node/workerPorts";

serveModule(process.argv[2] ?? "", parentPort ? threadPort(parentPort) : processPort());
