import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { infer, type KernelPath, useKernels } from "lfads";
import { useBackend } from "../test/backend";
import { gemmOf } from "./gemm";
import { type Measured, report, summary } from "./report";
import { trainingOf } from "./training";
import { dataOf, modelOf, WORKLOADS } from "./workloads";

const PATHS: Readonly<Record<string, KernelPath | undefined>> = {
  fused: undefined, // the fastest that the engine has
  composed: "composed",
  simd: "simd",
  "relaxed-simd": "relaxed-simd",
};

const { values } = parseArgs({
  options: {
    workload: { type: "string", default: "maze-256" },
    threads: { type: "string", default: "1" },
    path: { type: "string", multiple: true, default: ["fused"] },
    backend: { type: "string", default: "wasm" },
    repeats: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const workload = WORKLOADS.find(({ name }) => name === values.workload);
const [threads, repeats] = [Number(values.threads), Number(values.repeats)];
const counts = [threads, repeats].every((n) => Number.isInteger(n) && n >= 1);
if (!workload || !counts || !values.path.every((name) => name in PATHS)) {
  console.error(
    `usage: npm run bench -- [--workload ${WORKLOADS.map(({ name }) => name).join("|")}] [--threads 1] ` +
      `[--path ${Object.keys(PATHS).join("|")}]... [--backend cpu|wasm] [--repeats 20] [--json]`,
  );
  process.exit(2);
}
await useBackend(values.backend);
const data = dataOf(workload);

/** One path with a model and a training of its own. */
async function measured(name: string) {
  const asked = PATHS[name];
  const path = await useKernels({ ...(asked && { path: asked }), threads });
  const model = modelOf(workload!);
  const times: Measured["times"] = { train: [], infer: [], gemm: [] };
  const training = trainingOf(workload!, model, data, path);
  const gemm = await gemmOf(workload!, path === "relaxed-simd" ? path : "simd");
  const time = async (part: keyof typeof times, run: () => unknown) => {
    const start = performance.now();
    await run();
    times[part].push(performance.now() - start);
  };
  const work = {
    train: () => training.step(),
    infer: () => infer(model, data.valid, { samples: 0, batchSize: workload!.batch }),
  };
  return {
    ...{ path, times, gemmFlop: gemm.flop },
    async round(part: "train" | "infer") {
      await useKernels({ path, threads });
      await setTimeout(60); // until workers sleep
      await time("gemm", gemm.run);
      await time(part, work[part]);
    },
  };
}

const sides = [];
for (const name of values.path) sides.push(await measured(name));
// The first rounds compile and take memory. Sides take turns: a machine's speed drifts.
for (const part of ["train", "infer"] as const) {
  for (let i = 0; i < 2; i++) for (const side of sides) await side.round(part);
  for (const { times } of sides) for (const list of [times[part], times.gemm]) list.splice(0, 2);
  for (let i = 0; i < repeats; i++) for (const side of sides) await side.round(part);
}

for (const side of sides) {
  const result = summary(workload, threads, side, process.resourceUsage().maxRSS * 1024);
  console.log(values.json ? JSON.stringify(result) : report(result));
}
