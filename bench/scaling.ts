import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { useKernels } from "lfads";
import { useBackend } from "../test/backend";
import { trainingOf } from "./training";
import { dataOf, modelOf, WORKLOADS } from "./workloads";

/** `npm run scaling`: milliseconds and memory of a training step over trials and bins, each in a process of its own. */
const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    batch: { type: "string" },
    bins: { type: "string" },
  },
});

if (values.batch && values.bins) await one(Number(values.batch), Number(values.bins));
else {
  console.log("| trials | bins | ms per step | us per trial and bin | memory, MiB |\n|---|---|---|---|---|");
  for (const batch of [16, 32, 64, 128, 256, 512, 1024]) run(batch, 50);
  for (const bins of [25, 50, 100, 200, 400]) run(64, bins);
}

function run(batch: number, bins: number): void {
  const own = ["--batch", `${batch}`, "--bins", `${bins}`, "--threads", values.threads];
  const args = ["--import", "tsx", fileURLToPath(import.meta.url), ...own];
  process.stdout.write(execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] }));
}

/** The model of maze-256 on other trials and bins. */
async function one(batch: number, bins: number): Promise<void> {
  await useBackend("wasm");
  const path = await useKernels({ threads: Number(values.threads) });
  const maze = WORKLOADS.find(({ name }) => name === "maze-256")!;
  const workload = { ...maze, batch, bins: { encode: bins, reconstruct: bins } };
  const model = modelOf(workload);
  const training = trainingOf(workload, model, dataOf(workload), path, null);
  const times: number[] = [];
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    await training.step();
    times.push(performance.now() - start);
  }
  const ms = Math.min(...times);
  const memory = process.resourceUsage().maxRSS / 1024;
  const cost = (1000 * ms) / (batch * bins);
  console.log(`| ${batch} | ${bins} | ${ms.toFixed(0)} | ${cost.toFixed(1)} | ${memory.toFixed(0)} |`);
}
