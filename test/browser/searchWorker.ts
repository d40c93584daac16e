/** The script of the Web Workers that train. */
import { serveJobs } from "../../src/search";
import { type Platform, smallTrainer } from "./search";

serveJobs<Platform>(async (platform, { store }) => ({ trainer: await smallTrainer(platform), store }));
