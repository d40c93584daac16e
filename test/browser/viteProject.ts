/**
 * Builds a project of Vite that has the packed package, with a page and a Web Worker: node --import tsx viteProject.ts
 * Prints what Node says and what the page says in Chromium, with the scripts that it has loaded at first and in the end.
 */
import { chromium } from "playwright";
import { build, preview } from "vite";
import { installPacked } from "../package/consumer";

/** The same for a page and for Node, but where jobs run. */
const PROGRAM = `
  await setBackend("cpu");
  await useKernels({ path: "simd", threads: 2 });
  const store = memoryStore();
  const { records } = await runPopulation({
    scheduler: pbt({
      space: { learningRate: { type: "logUniform", low: 1e-4, high: 1e-2 } },
      population: 2,
      generations: 2,
      generationEpochs: 1,
      burnIn: 0,
    }),
    executor: executor(store),
    store,
  });
  const { rates } = await infer(makeModel("a"), data.valid, { samples: 2 });
  console.log(JSON.stringify({ scores: records.map(({ score }) => score), rates: [...rates.data] }));
`;

const SETTINGS = `
  import "@tensorflow/tfjs-backend-cpu";
  import { LFADS, lfadsTrainer, simulateLorenz } from "lfads";

  const [bins, channels] = [8, 5];
  export const data = simulateLorenz({ conditions: 4, trialsPerCondition: 5, bins, channels });
  export const makeModel = (seed) => new LFADS({ bins, channels, generator: { units: 6 }, seed });
  export const trainer = lfadsTrainer({ model: makeModel, data });
`;

const IMPORTS = `
  import { setBackend } from "@tensorflow/tfjs-core";
  import { inProcess, infer, memoryStore, pbt, runPopulation, useKernels, webWorkers } from "lfads";
  import { data, makeModel, trainer } from "./settings.mjs";
`;

const WORKER = `
  import { setBackend } from "@tensorflow/tfjs-core";
  import { serveJobs, useKernels } from "lfads";
  import { trainer } from "./settings.mjs";

  serveJobs(async (_, { store }) => {
    await setBackend("cpu");
    await useKernels({ path: "simd", threads: 1 });
    return { trainer, store };
  });
`;

const PAGE = `
  ${IMPORTS}
  const create = () => new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
  const executor = (store) => webWorkers({ create, size: 2, store });
  if (!crossOriginIsolated) throw new Error("the page has no memory to share");
  const loaded = () => console.log(JSON.stringify(performance.getEntriesByType("resource").map(({ name }) => name)));
  loaded();
  ${PROGRAM}
  loaded();
`;

const NODE = `${IMPORTS} const executor = (store) => inProcess({ trainer, store }); ${PROGRAM}`;

const consumer = await installPacked();
try {
  consumer.write("settings.mjs", SETTINGS);
  consumer.write("worker.mjs", WORKER);
  consumer.write("page.mjs", PAGE);
  consumer.write("index.html", '<!doctype html><script type="module" src="./page.mjs"></script>');
  const node = consumer.run("node", consumer.write("node.mjs", NODE));
  const options = { root: consumer.folder, configFile: false, logLevel: "error" } as const;
  await build({ ...options, worker: { format: "es" } });
  const headers = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  const server = await preview({ ...options, preview: { headers } });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage();
    const said: string[] = [];
    const done = new Promise<void>((resolve, reject) => {
      tab.on("pageerror", reject);
      tab.on("console", (message) => {
        if (message.type() === "log" && said.push(message.text()) === 3) resolve();
      });
    });
    await tab.goto(server.resolvedUrls!.local[0]!);
    await done;
    const [first, page, last] = said.map((line) => JSON.parse(line));
    console.log(JSON.stringify({ node: JSON.parse(node.trim().split("\n").at(-1)!), page, first, last }));
  } finally {
    await browser.close();
    await server.close();
  }
} finally {
  consumer.remove();
}
