/**
 * Trains a model with several threads and prints a digest of its state, in the main thread or in a worker:
 *
 *   node --import tsx test/kernels/fitInThreads.ts <threads> main|worker
 */

import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { isMainThread, Worker } from "node:worker_threads";
import { simulateLorenz } from "../../src/data";
import { useKernels } from "../../src/kernels";
import { LFADS } from "../../src/model";
import { fit, serializeTrainingState } from "../../src/train";
import { useBackend } from "../backend";

const [threads, where] = process.argv.slice(2);
if (where === "worker" && isMainThread) {
  const source = `import("tsx/esm/api").then(({ tsImport }) => tsImport("${import.meta.url}", "${import.meta.url}"))`;
  new Worker(source, { eval: true, argv: [threads] });
} else {
  await useBackend("cpu");
  await useKernels({ threads: Number(threads) });
  const data = simulateLorenz({ conditions: 8, trialsPerCondition: 10, bins: 12, channels: 13 });
  const model = new LFADS({ channels: 13, bins: 12, generator: { units: 50 } });
  const { state } = await fit(model, data, {
    epochs: 3,
    batchSize: 61,
    onProgress: async () => void (await setTimeout(100)), // time for the workers to be ready
  });
  console.log(state.kernelPath, createHash("sha256").update(serializeTrainingState(state)).digest("hex"));
}
