import { parseArgs } from "node:util";
import { infer, useKernels } from "lfads";
import { resolveFitOptions } from "../src/train/fitOptions";
import { defaultHyperparameters } from "../src/train/hyperparameters";
import { Training } from "../src/train/training";
import { useBackend } from "../test/backend";
import { gemmOf } from "./gemm";
import { dataOf, flop, modelOf, WORKLOADS } from "./workloads";

const { values } = parseArgs({
  options: {
    workload: { type: "string", default: "maze-256" },
    threads: { type: "string", default: "1" },
    path: { type: "string", default: "fused" },
    backend: { type: "string", default: "wasm" },
    repeats: { type: "string", default: "10" },
    clock: { type: "string", default: "wall" },
    json: { type: "boolean", default: false },
  },
});
const workload = WORKLOADS.find(({ name }) => name === values.workload);
if (!workload || !["composed", "fused"].includes(values.path) || !["wall", "cpu"].includes(values.clock)) {
  console.error(
    `usage: npm run bench -- [--workload ${WORKLOADS.map(({ name }) => name).join("|")}] [--threads 1] ` +
      "[--path composed|fused] [--backend cpu|wasm] [--repeats 10] [--clock wall|cpu] [--json]",
  );
  process.exit(2);
}
await useBackend(values.backend);
await useKernels({
  ...(values.path === "composed" && { path: "composed" }),
  threads: Number(values.threads),
});

/** Milliseconds: on the wall, or of all threads of this process, which other processes disturb less. */
const now = () => {
  if (values.clock === "wall") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const model = modelOf(workload);
const data = dataOf(workload);
const options = resolveFitOptions({ batchSize: workload.batch }, model, false);
const training = new Training(
  model,
  [{ trials: data.train }],
  [{ trials: data.valid }],
  defaultHyperparameters,
  options,
);
const gemm = await gemmOf(workload);
const times = { train: [] as number[], infer: [] as number[], gemm: [] as number[] };
const time = async (name: keyof typeof times, run: () => unknown) => {
  const start = now();
  await run();
  times[name].push(now() - start);
};
for (let i = 0; i < Number(values.repeats) + 2; i++) {
  for (let j = 0; j < 3; j++) await time("gemm", gemm.run);
  await time("train", () => training.step());
  await time("infer", () => infer(model, data.valid, { samples: 0, batchSize: workload.batch }));
}
// The first runs compile and take memory.
for (const list of Object.values(times)) list.splice(0, list.length / Number(values.repeats) > 2 ? 6 : 2);

const min = (list: readonly number[]) => Math.min(...list);
const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const threads = Number(values.threads);
const rate = gemm.flop / min(times.gemm) / 1e6;
const summary = (name: "train" | "infer") => {
  const floorMs = flop(workload)[name] / (threads * rate * 1e6);
  const minMs = min(times[name]);
  return {
    ...{ minMs, medianMs: median(times[name]), floorMs, ratioToFloor: minMs / floorMs },
    gflops: flop(workload)[name] / minMs / 1e6,
  };
};
const report = {
  ...{ workload: workload.name, threads, path: values.path, backend: values.backend },
  ...{ train: summary("train"), infer: summary("infer") },
  ...{ gemmGflopsPerThread: rate, peakBytes: process.resourceUsage().maxRSS * 1024 },
};
if (values.json) console.log(JSON.stringify(report));
else {
  const line = (name: "train" | "infer") => {
    const { minMs, medianMs, floorMs, ratioToFloor, gflops } = report[name];
    return (
      `  ${name}: ${minMs.toFixed(0)} ms at least, median ${medianMs.toFixed(0)}, ${gflops.toFixed(1)} GFLOP/s; ` +
      `floor ${floorMs.toFixed(0)} ms, ratio ${ratioToFloor.toFixed(2)}`
    );
  };
  console.log(
    `${report.workload}, ${threads} thread(s), ${report.path} on ${report.backend}, times by ${values.clock} clock`,
  );
  console.log(`  matrix product: ${rate.toFixed(1)} GFLOP/s per thread`);
  console.log(`${line("train")}\n${line("infer")}`);
  console.log(`  memory at most ${(report.peakBytes / 2 ** 20).toFixed(0)} MB`);
}
