import { backend, type KernelBackend } from "@tensorflow/tfjs-core";
import { infer } from "lfads";
import { useBackend } from "../test/backend";
import { trainingOf } from "./training";
import { dataOf, modelOf, WORKLOADS, type Workload } from "./workloads";

/**
 * `npm run dispatches`: what a training step and an inference ask of a GPU, counted on the webgpu backend: programs that are started,
 * and reads that the processor waits for. The numbers are those of any GPU, the time is not: it is one of software here.
 */
interface GpuBackend extends KernelBackend {
  runWebGPUProgram(...args: unknown[]): unknown;
}

await useBackend("webgpu");
const gpu = backend() as GpuBackend;
const counts = { programs: 0, reads: 0, "synchronous reads": 0 };
count("runWebGPUProgram", "programs");
count("read", "reads");
count("readSync", "synchronous reads");

function count(method: "runWebGPUProgram" | "read" | "readSync", as: keyof typeof counts): void {
  const original = (gpu[method] as (...args: unknown[]) => unknown).bind(gpu);
  Object.assign(gpu, {
    [method](...args: unknown[]) {
      counts[as]++;
      return original(...args);
    },
  });
}

type Counts = Readonly<typeof counts>;

async function during(body: () => Promise<unknown>): Promise<Counts> {
  const before = { ...counts };
  await body();
  const since = (name: keyof Counts) => counts[name] - before[name];
  return {
    programs: since("programs"),
    reads: since("reads"),
    "synchronous reads": since("synchronous reads"),
  };
}

/** Few trials and channels: how many there are changes no count. */
async function measure(workload: Workload, bins: number): Promise<{ step: Counts; inference: Counts }> {
  const small = {
    ...workload,
    batch: 2,
    bins: { encode: bins, reconstruct: bins },
    channels: { encode: 3, reconstruct: 3 },
  };
  const [model, data] = [modelOf(small), dataOf(small)];
  const training = trainingOf(small, model, data, "composed");
  await training.step();
  const result = {
    step: await during(() => training.step()),
    inference: await during(() => infer(model, data.valid, { samples: 0 })),
  };
  training.dispose();
  model.dispose();
  return result;
}

console.log("| | programs | of these, for each bin | reads | synchronous reads |\n|---|---|---|---|---|");
for (const name of ["maze-256", "lorenz-64"]) {
  const workload = WORKLOADS.find((one) => one.name === name)!;
  const { reconstruct: bins } = workload.bins;
  const [few, more] = [await measure(workload, 4), await measure(workload, 8)];
  for (const part of ["step", "inference"] as const) {
    const perBin = (more[part].programs - few[part].programs) / 4;
    const programs = Math.round(few[part].programs + (bins - 4) * perBin);
    const { reads, "synchronous reads": waits } = more[part];
    console.log(`| ${name}, ${part} of ${bins} bins | ${programs} | ${perBin} | ${reads} | ${waits} |`);
  }
}
process.exit(0); // the package webgpu keeps the process alive
